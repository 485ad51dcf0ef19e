import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inProject } from '../setup/project.mjs';
import { conformanceFaults, rowsOf } from './conformance.mjs';

const documents = readdirSync(inProject('docs')).filter((name) =>
  /^conformance-.*\.md$/.test(name),
);

function readSource(path) {
  const file = inProject(path);
  return path.endsWith('.test.ts') && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

test('there is a table for each standard of the protocol', () => {
  expect(documents.sort()).toEqual([
    'conformance-acme-profiles.md',
    'conformance-rfc8555.md',
    'conformance-rfc9444.md',
    'conformance-rfc9773.md',
  ]);
});

test.each(documents)('what %s says is so', (name) => {
  const document = readFileSync(inProject(`docs/${name}`), 'utf8');
  expect(conformanceFaults(document, readSource)).toEqual([]);
});

describe('a table', () => {
  const source = `
    describe('a request', () => {
      test('is signed', () => {});
      it.each([1])('is sent %d times', () => {});
      test.fails('is polite', () => {});
      test.skip('is short', () => {});
    });
    describe.each(['x'])('a %s', () => test('counts', () => {}));
    describe.skipIf(late)('much later', () => { test('rests', () => {}); });
    test(\`takes \${most} at most\`, () => {});
    // test('is only spoken of', () => {});
  `;
  const table = (...rows) =>
    ['| clause | binds | in short | shown by |', '| --- | :-: | --- | --- |', ...rows].join('\n');
  const row = (shownBy, clause = '§1 a') => `| ${clause} | client | signs | ${shownBy} |`;
  const faults = (...rows) =>
    conformanceFaults(table(...rows), (path) => (path === 'a.test.ts' ? source : undefined));

  test.each([
    '`a.test.ts › a request › is signed`',
    '`a.test.ts › a request › is sent %d times`',
    '`a.test.ts › a %s › counts`',
    '`a.test.ts › takes ${most} at most`',
    'gap: nobody does it yet',
    'gap: not yet; `a.test.ts › a request › is polite`',
  ])('with %s is right', (shownBy) => {
    expect(faults(row(shownBy))).toEqual([]);
  });

  test.each([
    ['', /neither a test nor a gap/],
    ['yes', /neither a test nor a gap/],
    ['gap:', /neither a test nor a gap/],
    ['`a.test.ts`', /neither a test nor a gap/],
    ['`a.test.ts › is signed`', /names no test/],
    ['`a.test.ts › is only spoken of`', /names no test/],
    ['`b.test.ts › is signed`', /does not exist/],
    ['`a.test.ts › a request › is polite`', /expected to fail/],
    ['`a.test.ts › a request › is short`', /not always run/],
    ['`a.test.ts › much later › rests`', /not always run/],
    ['`a.test.ts › a request › is signed`<br>`a.test.ts › gone`', /names no test/],
    ['gap: still; `a.test.ts › a request › is signed`', /is no gap/],
  ])('with %j is wrong', (shownBy, fault) => {
    expect(faults(row(shownBy))).toEqual([expect.stringMatching(fault)]);
  });

  test('lists a clause once, and leaves no cell empty', () => {
    const shown = '`a.test.ts › a request › is signed`';
    expect(faults(row(shown), row(shown, '§1 b'), row(shown))).toEqual(['§1 a is listed twice']);
    expect(faults(`| §1 | | x | ${shown} |`)).toEqual(['§1 has an empty cell']);
  });

  test('is looked for among other tables, and missed', () => {
    const other = '| a | b |\n| - | - |\n| x | y |\n\n';
    expect(rowsOf(`${other}${table(row('gap: x'))}\n\n${other}`)).toHaveLength(1);
    expect(conformanceFaults(other, () => undefined)).toEqual(['there is no table of clauses']);
  });
});
