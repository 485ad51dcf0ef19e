import english from '../../resources/translations/en.json' with { type: 'json' };
import type { Failure } from '../../shared/failure.ts';
import type { CompatibilityCheck, TokenFinding } from '../../shared/models/token.ts';

type Values = Readonly<Record<string, string>>;
const catalogue: Readonly<Record<string, string | undefined>> = english;

/** What happened and what to do next, in the words of the wallet's own pages. */
export function failureSentence(failure: Failure): string {
  const names = namesOf(failure).map((name) => `failure.${name}`);
  const values = valuesOf(failure);
  const told = (part: string): string =>
    names.map((name) => say(`${name}.${part}`, values)).find((text) => text !== '') ?? '';
  const sentences = [told('what') || failure.code, told('why'), told('next')];
  return [...sentences.filter((text) => text !== '').map(ended), ...saidBy(failure)].join(' ');
}

/** One thing that was found about a token, and its cure. */
export function checkSentence(check: CompatibilityCheck): string {
  if (check.check === 'reading') return failureSentence(check.found);
  if (check.check === 'setup') return findingSentence(check.found);
  const id = `check.${check.check}.${check.found}`;
  const list = (types: readonly string[]): string => types.join(', ');
  const values: Values = {
    types: 'types' in check ? list(check.types) : '',
    wanted: 'wanted' in check ? list(check.wanted) : '',
    offered: 'offered' in check ? list(check.offered) : '',
    some: 'offered' in check && check.offered.length > 0 ? 'yes' : 'no',
  };
  const sentence = say(id, values) || `${check.check}: ${check.found}`;
  const cure = check.status === 'pass' ? '' : say(`${id}.cure`, values);
  return cure === '' ? sentence : `${sentence} ${cure}`;
}

/** What holds for a token whatever it is wanted for, and its cure. */
export const findingSentence = (found: TokenFinding['found']): string =>
  `${say(`finding.${found}`)} ${say(`finding.${found}.cure`)}`;

/** A message of the catalogue with its places filled; empty when there is none by that name. */
export function say(id: string, values: Values = {}): string {
  const message = Object.hasOwn(catalogue, id) ? catalogue[id] : undefined;
  return message === undefined ? '' : filled(message, values);
}

/** Under which names the catalogue may tell it, the most particular first. */
function namesOf(failure: Failure): readonly string[] {
  const { code } = failure;
  if (code === 'acme-problem') {
    // RFC 8555 §6.7.
    const kind = failure.problem.type.replace(/^urn:ietf:params:acme:error:/, '');
    return [`${code}.${kind}`, `${code}.other`];
  }
  return 'reason' in failure ? [`${code}.${failure.reason}`, code] : [code];
}

function valuesOf(failure: Failure): Values {
  const plain = Object.entries(failure).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const name = failure.code === 'token' ? failure.token : 'detail' in failure && failure.detail;
  // Nobody gave the token a name: the label is empty.
  const named = name ? 'yes' : 'no';
  const path = failure.code === 'token-module' ? failure.path : '';
  const architecture = failure.code === 'token-module' ? (failure.detail ?? '') : '';
  const file = path.split(/[\\/]/).at(-1) ?? path;
  const target = failure.code === 'install' ? say(`target.${failure.target}.name`) : '';
  const skew = failure.code === 'clock' ? Math.abs(Math.round(failure.skewSeconds)) : 0;
  return {
    ...Object.fromEntries(plain),
    named,
    file,
    architecture,
    target,
    certificate: failure.code === 'token' ? (failure.detail ?? '') : '',
    difference: `${skew} s`,
  };
}

/** What the other side said, as it came. */
function saidBy(failure: Failure): readonly string[] {
  if (failure.code === 'token' && failure.reason === 'certificate-in-the-way') {
    return ['With countersign enroll, --key and --replace-certificate SHA256 say that it may go.'];
  }
  const problem = 'problem' in failure ? failure.problem : undefined;
  const said = problem?.detail ?? ('detail' in failure ? failure.detail : undefined);
  return said === undefined || said === '' ? [] : [`(${said})`];
}

const ended = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

const choice = /^\s*(\w+)\s*,\s*(?:select|plural)\s*,([\s\S]*)$/;

/** As much of ICU MessageFormat as the catalogue uses: `{name}` and `{name, select, one {…} other {…}}`. */
function filled(message: string, values: Values): string {
  let text = '';
  for (let at = 0; at < message.length; at += 1) {
    if (message[at] !== '{') {
      text += message[at] ?? '';
      continue;
    }
    const end = closing(message, at);
    text += place(message.slice(at + 1, end), values);
    at = end;
  }
  return text;
}

function place(inner: string, values: Values): string {
  const [, name, branches = ''] = choice.exec(inner) ?? [];
  if (name === undefined) return valueOf(inner.trim(), values);
  const value = valueOf(name, values);
  const found = branchOf(branches, value) ?? branchOf(branches, 'other') ?? '';
  return filled(found, values).replaceAll('#', value);
}

/** `{when, date, short}` is said as it is. */
function valueOf(name: string, values: Values): string {
  const key = name.split(',', 1).join('').trim();
  return Object.hasOwn(values, key) ? (values[key] ?? '') : '';
}

function branchOf(branches: string, wanted: string): string | undefined {
  for (let at = 0; at < branches.length;) {
    const start = branches.indexOf('{', at);
    if (start < 0) return undefined;
    const end = closing(branches, start);
    const name = branches.slice(at, start).trim();
    if (name === wanted) return branches.slice(start + 1, end);
    at = end + 1;
  }
  return undefined;
}

/** Where the brace that opens at `start` is closed. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}
