import { codeFaults, type CodeFaultRow } from './code-faults.ts';
import type { FaultRow, Outcome } from './fault-row.ts';
import { faultGroups } from './faults.ts';
import { finishes } from './outcomes.ts';
import { requests, type RequestName } from './requests.ts';

/** docs/faults.md, from the cases that the tests run. */
export function renderPage(): string {
  const groups = Object.entries(faultGroups);
  const count = groups
    .flatMap(([, rows]) => rows)
    .reduce((sum, { outcomes }) => sum + Object.keys(outcomes).length, 0);
  return `${[
    '# What happens when a CA fails',
    introduction(count + codeFaults.length),
    ...groups.flatMap(([group, rows]) => [`## ${group}`, table(head, rows.flatMap(linesOf))]),
    '## The one-time code',
    codes,
    table(
      ['fault', 'where the enrolment stands', 'codes judged by then'],
      codeFaults.map(lineOfCode),
    ),
  ].join('\n\n')}\n`;
}

const introduction = (count: number): string =>
  [
    `Made by \`npm run faults\` from the ${count} cases that the tests run; do not edit. \`electron/acme/fault-suite.test.ts\` drives the ACME`,
    'client through each of them at our own CA, on a real connection, with the requests of a whole certificate’s life: from the',
    'directory to the revocation. The fault begins with the request that is named and is over when the error has been reported;',
    'then whoever was stopped goes on. In every case, by what the CA itself has counted in the end:',
    '',
    '- one account was made, one certificate issued and one order finalized, however often answers were lost;',
    '- the key that was certified is still with its keeper, and the account answers to the key that is believed to be its own;',
    '- the certificate was revoked, which is the last thing that was wanted of it.',
    '',
    'The exception is the certificate for another key, which nobody here takes for their own. _Orders anew_ says that the CA has',
    'given the order up for good (RFC 8555 §7.1.6), so that the wish is fulfilled by another one.',
  ].join('\n');

const codes = [
  'A code may be sent once: the CA counts each one that it judges, and locks who sends too many. `electron/enrollment/fault-suite.test.ts`',
  'types one into a whole enrolment while the request that carries it is in trouble. The wallet never sends that code again; where the CA has',
  'not seen it, the person is asked for another one. In every case one certificate was issued in the end, for a key that the wallet has.',
].join('\n');

const head = ['fault', 'request', 'at first', 'when it is gone on with'];

function linesOf({ name, outcomes, certifies }: FaultRow): readonly (readonly string[])[] {
  const byOutcome = new Map<string, { outcome: Outcome; names: RequestName[] }>();
  for (const request of requests) {
    const outcome = outcomes[request];
    if (outcome === undefined) continue;
    const key = JSON.stringify(outcome);
    const { names } = byOutcome.get(key) ?? { names: [] };
    byOutcome.set(key, { outcome, names: [...names, request] });
  }
  return [...byOutcome.values()].map(({ outcome, names }) => [
    name,
    names.length === requests.length ? 'every one' : names.join(', '),
    code(typeof outcome === 'string' ? outcome : outcome[0]),
    afterwards(outcome, certifies !== undefined),
  ]);
}

function afterwards(outcome: Outcome, isFinal: boolean): string {
  if (outcome === finishes) return '';
  if (typeof outcome === 'string') return finishes;
  return isFinal ? code(outcome[1]) : `${code(outcome[1])}, orders anew, finishes`;
}

const code = (outcome: string): string => (outcome === finishes ? outcome : `\`${outcome}\``);

const lineOfCode = ({ name, standing, judged }: CodeFaultRow): readonly string[] => {
  const [where = '', failure] = standing.split(': ');
  return [name, failure === undefined ? where : `${where}: \`${failure}\``, String(judged)];
};

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
