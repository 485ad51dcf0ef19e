import { readFileSync } from 'node:fs';
import { inProject } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';

/**
 * @typedef {object} Partner other people's software, and the test files in which it meets ours
 * @property {string} name
 * @property {string} package as Debian calls it
 * @property {readonly string[]} files of the tests, from the project's folder
 * @property {string} note what one should know besides the outcomes
 */

/** Clients that enrol at our CA. @type {readonly Partner[]} */
export const clients = [
  {
    name: 'lego',
    package: 'lego',
    files: ['ca/interop/lego.test.ts'],
    note: 'This version does not ask for renewal information (RFC 9773) and knows no profiles.',
  },
  {
    name: 'certbot',
    package: 'certbot',
    files: ['ca/interop/certbot.test.ts'],
    note: 'This version does not ask for renewal information (RFC 9773) and knows no profiles.',
  },
  {
    name: 'acme-tiny',
    package: 'acme-tiny',
    files: ['ca/interop/acme-tiny.test.ts'],
    note: 'It knows http-01 only, no external account binding, no revocation and no renewal information; to renew is to run it again.',
  },
  {
    name: 'dehydrated',
    package: 'dehydrated',
    files: ['ca/interop/dehydrated.test.ts'],
    note: 'This version does not ask for renewal information (RFC 9773) and knows no profiles.',
  },
];

/** Servers at which our client enrols. @type {readonly Partner[]} */
export const servers = [
  {
    name: 'Pebble',
    package: 'pebble',
    files: [
      'electron/acme/pebble.test.ts',
      'electron/acme/obtain-certificate.pebble.test.ts',
      'electron/acme/renewal.pebble.test.ts',
      'electron/domain-proofs/pebble.test.ts',
    ],
    note: 'It rejects a good nonce now and then, as it is meant to, and has no pre-authorization.',
  },
  {
    name: 'Caddy',
    package: 'caddy',
    files: ['electron/acme/caddy.test.ts', 'electron/acme/renewal.caddy.test.ts'],
    note: 'Its ACME server is that of smallstep, in the version that Caddy brings.',
  },
];

/**
 * Without the epoch and revision that are Debian's.
 *
 * @param {string} name of a Debian package
 * @returns {Promise<string | undefined>} undefined when it is not installed
 */
export async function installedVersion(name) {
  const { code, stdout } = await run('dpkg-query', ['-W', '-f', '${Version}', name]);
  if (code !== 0) return undefined;
  return /^(?:\d+:)?([\d.]+)/.exec(stdout)?.[1];
}

/**
 * The titles that a test file spells out; tables of tests are not among them.
 *
 * @param {string} file from the project's folder
 * @returns {string[]}
 */
export function titlesIn(file) {
  const source = readFileSync(inProject(file), 'utf8');
  const found = source.matchAll(/\b(?:test|it)(?:\.concurrent)?\(\s*'((?:[^'\\]|\\.)*)'/g);
  return [...found].map(([, title]) => title.replaceAll("\\'", "'"));
}
