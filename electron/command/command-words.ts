import { parseArgs, type ParseArgsConfig } from 'node:util';
import { displayable } from '../../shared/models/text.ts';
import { CommandError } from './command-error.ts';

export interface Common {
  /** Of the wallet; the platform's own when not said. */
  readonly directory?: string;
  readonly json: boolean;
}

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const common = { 'user-data-dir': text, json: flag } as const;

/** Reads options; what cannot be understood throws `CommandError` `usage`, and nothing of it is repeated. */
export function parsed<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals, strict: true });
  } catch (error) {
    // Its message would repeat what was typed.
    throw usage('an option is unknown, or lacks its value', { cause: error });
  }
}

export function commonOf(values: {
  'user-data-dir'?: string | undefined;
  json?: boolean | undefined;
}) {
  const directory = values['user-data-dir'];
  return {
    json: values.json ?? false,
    ...(directory !== undefined && { directory: filled(directory, '--user-data-dir') }),
  };
}

export function filled(value: string, option: string): string {
  if (value === '' || value.includes('\0') || value.length > 8192)
    throw usage(`${option} is empty or too long`);
  return value;
}

const longestShown = 400;

/** What other people read as it is: nothing in it steers how. */
export function showable(value: string, option: string): string {
  if (displayable(value) === value && value.length <= longestShown) return value;
  throw usage(`${option} is a text of ${longestShown} characters at most, on one line`);
}

export function oneOf<Value extends string>(
  value: string,
  values: readonly Value[],
  option: string,
): Value {
  const found = values.find((each) => each === value);
  if (found === undefined) throw usage(`${option} is one of ${values.join(', ')}`);
  return found;
}

/** In the ways in which fingerprints are written: with colons, blanks or neither. */
export const fingerprint = (value: string, option: string): string =>
  hex(value.replaceAll(/[\s:]/g, ''), option, { least: 64, most: 64, of: '64 hex digits' });

export const keyIdForm = { least: 2, most: 128, of: 'hex, two digits for each octet' } as const;

interface HexForm {
  readonly least: number;
  readonly most: number;
  /** What it is, in words. */
  readonly of: string;
}

export function hex(value: string, option: string, { least, most, of }: HexForm): string {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(value);
  if (!isHex || value.length < least || value.length > most) throw usage(`${option} is ${of}`);
  return value.toLowerCase();
}

/** Standard output and error are written, not read. */
export function descriptor(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d{1,4}$/.test(value) || number === 1 || number === 2) {
    throw usage(`${option} is the number of a descriptor to read from`);
  }
  return number;
}

export function usage(sentence: string, options?: ErrorOptions): CommandError {
  return new CommandError('usage', `${sentence}; see countersign --help`, options);
}
