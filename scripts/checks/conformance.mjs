// Reads the tables of docs/conformance-*.md and finds what in them is no longer true.
import ts from 'typescript';

const separator = ' › ';
const header = ['clause', 'binds', 'in short', 'shown by'];

/**
 * @typedef {{ clause: string, binds: string, summary: string, shownBy: string }} Row
 * @typedef {'runs' | 'fails' | 'skipped'} Manner how a test is run: `fails` is for those that are expected to
 */

/**
 * @param {string} document Markdown
 * @param {(path: string) => string | undefined} readSource the text of a test file, if there is one
 * @returns {readonly string[]} what is wrong, a sentence each
 */
export function conformanceFaults(document, readSource) {
  const rows = rowsOf(document);
  if (rows.length === 0) return ['there is no table of clauses'];
  const files = new Map();
  const testsIn = (path) => {
    if (!files.has(path)) files.set(path, testsOf(path, readSource(path)));
    return files.get(path);
  };
  const clauses = rows.map(({ clause }) => clause);
  const twice = clauses.filter((clause, index) => clauses.indexOf(clause) !== index);
  return [
    ...twice.map((clause) => `${clause} is listed twice`),
    ...rows.flatMap((row) => faultsOf(row, testsIn)),
  ];
}

/** @returns {readonly Row[]} of all tables that have the columns of a conformance table */
export function rowsOf(document) {
  const rows = [];
  let inside = false;
  for (const line of document.split('\n')) {
    const cells = cellsOf(line);
    if (cells.length === 0) inside = false;
    else if (cells.join() === header.join()) inside = true;
    else if (inside && !cells.every((cell) => /^:?-+:?$/.test(cell))) {
      const [clause = '', binds = '', summary = '', shownBy = ''] = cells;
      rows.push({ clause, binds, summary, shownBy });
    }
  }
  return rows;
}

function cellsOf(line) {
  const inner = /^\|(.*)\|\s*$/.exec(line)?.[1];
  return inner === undefined ? [] : inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

/** A gap may name tests that fail until it is closed; whoever closes it has to change the row. */
function faultsOf({ clause, binds, summary, shownBy }, testsIn) {
  const gap = /^gap: *\S/.test(shownBy);
  const named = [...shownBy.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const tests = named.filter((name) => name.includes(separator));
  const faults = [];
  if (clause === '' || binds === '' || summary === '') faults.push('has an empty cell');
  if (!gap && tests.length === 0) faults.push('has neither a test nor a gap');
  for (const name of tests) faults.push(...faultsOfTest(name, gap ? 'fails' : 'runs', testsIn));
  return faults.map((fault) => `${clause || 'a row'} ${fault}`);
}

function faultsOfTest(name, wanted, testsIn) {
  const [path, ...titles] = name.split(separator);
  const tests = testsIn(path);
  if (tests === undefined) return [`names ${path}, which does not exist`];
  const manner = tests.get(titles.join(separator));
  if (manner === undefined) return [`names no test of ${path}: ${titles.join(separator)}`];
  return manner === wanted ? [] : [`names a test that ${meanings[manner]}: ${name}`];
}

const meanings = {
  runs: 'passes, so that it is no gap',
  fails: 'is expected to fail',
  skipped: 'is not always run',
};

/** @returns {Map<string, Manner> | undefined} the tests of a file by their full titles, as they stand in its source */
function testsOf(path, source) {
  if (source === undefined) return undefined;
  const tests = new Map();
  const visit = (node, titles, manner) => {
    const call = ts.isCallExpression(node) ? runnerCall(node) : undefined;
    if (call === undefined) {
      ts.forEachChild(node, (child) => visit(child, titles, manner));
      return;
    }
    const all = [...titles, call.title];
    const own = manner === 'skipped' ? manner : (call.manner ?? manner);
    if (call.groups) ts.forEachChild(node, (child) => visit(child, all, own));
    else tests.set(all.join(separator), own);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true), [], 'runs');
  return tests;
}

/** `test('…')`, `it.fails('…')`, `describe.each(…)('…')` and the like. */
function runnerCall(node) {
  const [first] = node.arguments;
  if (first === undefined || !(ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) {
    return undefined;
  }
  const [runner, ...modifiers] = calledNames(node.expression);
  if (runner !== 'test' && runner !== 'it' && runner !== 'describe') return undefined;
  const title = ts.isStringLiteralLike(first) ? first.text : first.getText().slice(1, -1);
  return { title, groups: runner === 'describe', manner: mannerOf(modifiers) };
}

function calledNames(expression) {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isPropertyAccessExpression(expression)) {
    return [...calledNames(expression.expression), expression.name.text];
  }
  return ts.isCallExpression(expression) ? calledNames(expression.expression) : [];
}

function mannerOf(modifiers) {
  if (modifiers.some((each) => ['skip', 'todo', 'skipIf', 'runIf'].includes(each)))
    return 'skipped';
  return modifiers.includes('fails') ? 'fails' : undefined;
}
