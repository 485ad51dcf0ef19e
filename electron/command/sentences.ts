import { IntlMessageFormat } from 'intl-messageformat';
import english from '../../resources/translations/en.json' with { type: 'json' };
import type { Failure, ProblemDocument } from '../../shared/failure.ts';
import type { CompatibilityCheck, TokenFinding } from '../../shared/models/token.ts';
import { ownWords } from './own-words.ts';

type Values = Readonly<Record<string, string | number>>;
const catalogue: Readonly<Record<string, string | undefined>> = { ...english, ...ownWords };

/** What happened and what to do next, in the words of the wallet's own pages. */
export function failureSentence(failure: Failure): string {
  const names = namesOf(failure).map((name) => `failure.${name}`);
  const values = valuesOf(failure);
  const told = (part: string): string =>
    names.map((name) => say(`${name}.${part}`, values)).find((text) => text !== '') ?? '';
  const [what, why, next] = [told('what') || failure.code, told('why'), told('next')];
  const said = saidBy(failure);
  // What ends with a colon announces the other side's words: they follow it, or there are none to announce.
  const parts = why.endsWith(':')
    ? [ended(what), ...(said.length > 0 ? [why, ...said] : []), ended(next)]
    : [...[what, why, next].map(ended), ...said];
  return parts.filter((text) => text !== '').join(' ');
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

/** A message of the catalogue with its places filled; empty when there is none by that name. Throws when a value is missing. */
export function say(id: string, values: Values = {}): string {
  const message = Object.hasOwn(catalogue, id) ? catalogue[id] : undefined;
  if (message === undefined) return '';
  const text = new IntlMessageFormat(message, 'en').format<string>({ ...values });
  return typeof text === 'string' ? text : text.join('');
}

/** Under which names the catalogue may tell it, the most particular first. */
function namesOf(failure: Failure): readonly string[] {
  const { code } = failure;
  if (code === 'acme-problem') return [`${code}.${kindOf(failure.problem)}`];
  if (code === 'install' && failure.link !== undefined) return [`proof.${failure.link}`];
  return 'reason' in failure ? [`${code}.${failure.reason}`, code] : [code];
}

/** Types that have words of their own, and need no values. A CA may as well make up names that the catalogue has. */
const explained: readonly string[] = [
  ...['rateLimited', 'incorrectResponse', 'unauthorized', 'externalAccountRequired'],
  ...['userActionRequired', 'rejectedIdentifier', 'serverInternal', 'alreadyRevoked'],
];

/** RFC 8555 §6.7, told apart by what the CA says beside it. */
function kindOf({ type, attemptsRemaining, retryAt }: ProblemDocument): string {
  const kind = type.replace(/^urn:ietf:params:acme:error:/, '');
  if (kind === 'incorrectResponse' && attemptsRemaining !== undefined) return 'wrongAnswer';
  if (kind === 'rateLimited' && retryAt !== undefined) return 'retryLater';
  return explained.includes(kind) ? kind : 'other';
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
  const problem = failure.code === 'acme-problem' ? failure.problem : undefined;
  const skew = failure.code === 'clock' ? Math.abs(Math.round(failure.skewSeconds)) : 0;
  return {
    // A token has no label where it is not known which is meant.
    token: '',
    ...Object.fromEntries(plain),
    named,
    file,
    architecture,
    target,
    certificate: failure.code === 'token' ? (failure.detail ?? '') : '',
    difference: `${skew} s`,
    attempts: problem?.attemptsRemaining ?? 0,
    time: problem?.retryAt ?? '',
  };
}

/** What the other side said, as it came. */
function saidBy(failure: Failure): readonly string[] {
  // Its sentence has it already.
  if (failure.code === 'token' && failure.reason === 'certificate-in-the-way') return [];
  if (failure.code === 'not-approved') {
    const words = [failure.by, failure.detail].filter((text) => text !== undefined);
    return words.length === 0 ? [] : [`(${words.join(': ')})`];
  }
  if (failure.code === 'caa' && failure.record !== undefined) {
    const { name, tag, value } = failure.record;
    // As it stands in a zone file (RFC 8659 §4.1.1).
    return [`(${name}. CAA 0 ${tag} "${value}")`];
  }
  const problem = 'problem' in failure ? failure.problem : undefined;
  const said = problem?.detail ?? ('detail' in failure ? failure.detail : undefined);
  return said === undefined || said === '' ? [] : [`(${said})`];
}

const ended = (text: string): string => (/(^|[.!?:])$/.test(text) ? text : `${text}.`);
