import { parseArgs } from 'node:util';
import { groups } from './case.ts';
import type { Group } from './case.ts';

export const usage = `Usage: npm run conformance -- --directory URL [options]
  --directory <url>     the ACME directory of the server
  --root <file>         PEM of the roots to trust (default: the system's)
  --credentials <file>  what to prove with (docs/conformance.md); without it little is tried
  --state <file>        what a run keeps for the next (default: beside the credentials)
  --only <types>        of ${groups.join(', ')}; comma-separated
  --json <file>         writes the results for programs
  --requests <n>        at most so many (default 3000)
  --case-seconds <n>    at most so long for one case (default 60)
  --list                prints all cases and does nothing
  --help`;

/** What stands on the command line and cannot be followed. */
export class UsageError extends Error {
  readonly code = 'usage';
}

export type Options = {
  readonly directory: string;
  readonly root: string | undefined;
  readonly credentials: string | undefined;
  readonly state: string | undefined;
  readonly only: readonly Group[];
  readonly json: string | undefined;
  readonly requests: number;
  readonly caseSeconds: number;
};

/** Throws UsageError. */
export function readCommandLine(parameters: readonly string[]): Options | 'help' | 'list' {
  const values = parse(parameters);
  if (values.help === true) return 'help';
  if (values.list === true) return 'list';
  return {
    directory: readDirectory(values.directory),
    root: values.root,
    credentials: values.credentials,
    state: values.state,
    only: readGroups(values.only),
    json: values.json,
    requests: readNumber(values.requests, 3000),
    caseSeconds: readNumber(values['case-seconds'], 60),
  };
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const known = {
  ...{ directory: text, root: text, credentials: text, state: text, only: text, json: text },
  ...{ requests: text, 'case-seconds': text, list: flag, help: flag },
} as const;

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], options: known }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readDirectory(value: string | undefined): string {
  if (value === undefined) throw new UsageError('--directory is missing');
  if (URL.canParse(value) && new URL(value).protocol === 'https:') return value;
  throw new UsageError('--directory must be an https URL');
}

function readGroups(value: string | undefined): readonly Group[] {
  if (value === undefined) return groups;
  return value.split(',').map((name) => {
    const found = groups.find((group) => group === name.trim());
    if (found !== undefined) return found;
    throw new UsageError(`--only takes ${groups.join(', ')}, not ${name}`);
  });
}

function readNumber(value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new UsageError(`${value} is no number that is meant here`);
}
