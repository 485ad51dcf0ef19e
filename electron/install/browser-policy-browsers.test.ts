import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { policyInChromium, signInWithChromium } from '../../e2e/chromium-sign-in.ts';
import { CertificateDoor } from '../testing/certificate-door.ts';
import { FirefoxPerson } from '../testing/firefox-person.ts';
import { NssPerson } from '../testing/nss-person.ts';
import { filterFor, patternFor } from './browser-policy-rule.ts';
import {
  documentText,
  entriesOf,
  ownFirefoxDocument,
  withEntries,
  type PolicyDocument,
} from './browser-policy-text.ts';

let alex: NssPerson;

beforeEach(async () => {
  alex = await NssPerson.create();
});
afterEach(async () => {
  await alex[Symbol.asyncDispose]();
});

/** In a directory that Chromium takes for /etc/chromium. */
async function administration(document: PolicyDocument): Promise<string> {
  const directory = join(alex.home, 'administration');
  const managed = join(directory, 'policies', 'managed');
  await mkdir(managed, { recursive: true });
  await writeFile(join(managed, 'countersign.json'), documentText(document));
  return directory;
}

test('Chromium takes the policy whatever names are in it, each as it was', async () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  const names = fc.sample(
    fc.record({ CN: text, OU: text }).filter(({ CN, OU }) => (CN + OU).isWellFormed()),
    { numRuns: 300, seed: 4711 },
  );
  const hostile = [
    '"',
    '\\',
    '\\"}]',
    "'",
    'END_OF_POLICY',
    '\n',
    '\0',
    '\u2028',
    '</script>',
    '‮',
  ];
  const patterns = ['https://intranet.example:443'];
  const entries = [...names, ...hostile.map((CN) => ({ CN, OU: CN }))].flatMap((ISSUER) =>
    entriesOf({ patterns, filter: { ISSUER, SUBJECT: ISSUER } }),
  );
  const document = withEntries(null, entries) ?? {};
  const policy = await policyInChromium('AutoSelectCertificateForUrls', {
    ...{ home: alex.home, administration: await administration(document) },
  });
  expect(policy.status).toBe('OK');
  expect(JSON.parse(policy.value)).toEqual([...new Set(entries)]);
});

test('Chromium shows the newer of two without a question, and to the page that was named alone', async () => {
  await using door = await CertificateDoor.open(alex.root);
  const day = 24 * 60 * 60 * 1000;
  const older = await alex.credential({ id: 'older', notAfter: new Date(Date.now() + day) });
  const newer = await alex.credential({ id: 'newer', notAfter: new Date(Date.now() + 9 * day) });
  // Of the same issuer, for somebody else: Chromium would take it, for it lasts longest.
  const [subject, notAfter] = ['CN=Somebody else', new Date(Date.now() + 99 * day)];
  const stranger = await alex.credential({ id: 'stranger', subject, notAfter });
  const target = alex.target();
  for (const credential of [stranger, newer, older]) await target.install(credential);
  const filter = filterFor(newer.certificate);
  const patterns = [patternFor(door.origin) ?? ''];
  const document = withEntries(null, filter ? entriesOf({ patterns, filter }) : []) ?? {};
  await signInWithChromium({
    ...{ url: door.origin, home: alex.home, serverRoot: alex.root.certificate },
    administration: await administration(document),
  });
  expect(new Set(door.visitors)).toEqual(
    new Set([new X509Certificate(newer.certificate).serialNumber]),
  );
});

test(
  'Firefox shows a certificate without a question when its policy says so',
  { tags: ['deep'] },
  async () => {
    await using door = await CertificateDoor.open(alex.root);
    const firefox = new FirefoxPerson(alex);
    const [profile = ''] = await firefox.profiles('default');
    await firefox.askAlways(profile);
    const credential = await alex.credential({ id: 'one' });
    await firefox.target().install(credential);
    const file = join(alex.home, 'policies.json');
    await writeFile(file, documentText(ownFirefoxDocument));
    await firefox.visitUnder(file, profile, door.origin);
    expect(door.visitors.at(-1)).toBe(new X509Certificate(credential.certificate).serialNumber);
  },
);
