import {
  common,
  commonOf,
  descriptor,
  filled,
  flag,
  oneOf,
  parsed,
  text,
  usage,
} from './command-words.ts';
import type { Common } from './command-words.ts';

const formats = ['pem', 'pkcs7', 'pkcs12'] as const;

export interface ExportCommand extends Common {
  readonly name: 'export';
  readonly credentialId: string;
  readonly format: (typeof formats)[number];
  /** The file, which is not there yet. */
  readonly out: string;
  /** Where the passphrase of a PKCS #12 file is read. */
  readonly passphraseFd?: number;
  readonly legacy: boolean;
}

const options = {
  ...common,
  credential: text,
  format: text,
  out: text,
  'passphrase-fd': text,
  legacy: flag,
} as const;

export function exportCommand(words: readonly string[]): ExportCommand {
  const { values } = parsed(words, options);
  const { credential, out, legacy = false } = values;
  if (credential === undefined || values.format === undefined || out === undefined) {
    throw usage('export needs --credential, --format and --out');
  }
  const format = oneOf(values.format, formats, '--format');
  const passphraseFd = descriptor(values['passphrase-fd'], '--passphrase-fd');
  const hasKey = format === 'pkcs12';
  if (hasKey !== (passphraseFd !== undefined)) {
    throw usage('--passphrase-fd is needed for --format pkcs12, and for no other');
  }
  if (legacy && !hasKey) throw usage('--legacy is for --format pkcs12');
  return {
    ...{ name: 'export', ...commonOf(values), format, legacy },
    credentialId: filled(credential, '--credential'),
    out: filled(out, '--out'),
    ...(passphraseFd !== undefined && { passphraseFd }),
  };
}
