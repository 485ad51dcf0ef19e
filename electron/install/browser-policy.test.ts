import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyFile } from '../platform/platform.ts';
import { madeUp } from '../testing/made-up.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { standOf } from './browser-policy.ts';
import { PolicyFiles } from './browser-policy-files.ts';
import { filterFor, patternFor, type CertificateRule } from './browser-policy-rule.ts';
import {
  administratorCommand,
  chromiumKey,
  documentText,
  entriesIn,
  entriesOf,
  ownFirefoxDocument,
  parseDocument,
  withEntries,
} from './browser-policy-text.ts';

let directory: string;
let files: PolicyFiles;
let chromium: PolicyFile;
let firefox: PolicyFile;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-policy-'));
  files = new PolicyFiles({
    programs: { elevate: '/nonexistent', install: '/nonexistent', remove: '/nonexistent' },
    ...{ isAdministrator: true, temporaryDirectory: directory, environment: {} },
  });
  const path = join(directory, 'chromium', 'managed', 'countersign.json');
  chromium = { browser: 'chromium', path, commands: [], insteadOf: [] };
  firefox = {
    ...{ browser: 'firefox', path: join(directory, 'firefox', 'policies.json'), commands: [] },
    insteadOf: [join(directory, 'distribution', 'policies.json')],
  };
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const rule: CertificateRule = {
  patterns: ['https://intranet.example:443', 'https://mail.example:8443'],
  filter: { ISSUER: { CN: 'Example CA' }, SUBJECT: { CN: 'Alex' } },
};
const [first = '', second = ''] = entriesOf(rule);
const sams: CertificateRule = { ...rule, filter: { ...rule.filter, SUBJECT: { CN: 'Sam' } } };

async function put(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}
const beside = (name: string): string => join(dirname(chromium.path), name);
const chromiumStand = (others: readonly CertificateRule[] = []) =>
  standOf(chromium, rule, others, files);
const firefoxStand = () => standOf(firefox, rule, [], files);

describe('the names of a certificate', () => {
  const spki = () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  };
  const filterOf = async (subject: string, issuer = 'Example CA') => {
    const authority = await TestAuthority.root({ name: issuer });
    return filterFor(new X509Certificate(await authority.issue({ subject, spki: spki() })).raw);
  };

  it('tell it from others, each attribute that Chromium compares', async () => {
    expect(await filterOf('CN=Alex, O=Example\\, Inc., OU=One, OU=Two, L=Kiel, C=DE')).toEqual({
      ISSUER: { CN: 'Example CA' },
      SUBJECT: { CN: 'Alex', O: 'Example, Inc.', OU: 'One', L: 'Kiel' },
    });
  });

  it('leave out what Chromium might compare otherwise', async () => {
    expect(await filterOf('CN=Alex, CN=Sam, O=Example')).toMatchObject({
      SUBJECT: { O: 'Example' },
    });
    expect(await filterOf('C=DE')).toEqual({ ISSUER: { CN: 'Example CA' } });
  });

  it('are none in what is no certificate', () => {
    expect(filterFor(Buffer.from('no certificate'))).toBeNull();
  });
});

it.each([
  ['https://intranet.example', 'https://intranet.example:443'],
  ['https://intranet.example:8443/path?query', 'https://intranet.example:8443'],
  ['https://[::1]:8443/', 'https://[::1]:8443'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example:443'],
  ['http://intranet.example', null],
  ['https://*.example', null],
  ['*', null],
  ['file:///etc', null],
])('the page %s is matched as %s', (site, pattern) => {
  expect(patternFor(site)).toBe(pattern);
});

describe('a policy’s text', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed());
  const entry = name.map((CN) => ({ ...rule, filter: { ISSUER: { CN } } }));

  it('is printable, and read again is what it was', () => {
    fc.assert(
      fc.property(entry, (each) => {
        const entries = entriesOf(each);
        const text = documentText(withEntries(null, entries) ?? {});
        expect(text).toMatch(/^[\n -~]+$/);
        expect(entriesIn(parseDocument(text))).toEqual(entries);
      }),
      { numRuns: madeUp(1000) },
    );
  });

  it('reaches its file by the administrator’s shell octet by octet, and nothing else happens', async () => {
    const bin = join(directory, 'bin');
    await put(
      join(bin, 'sudo'),
      '#!/bin/sh\nprintf "%s\\n" "$*" > "$0.words"\ncat /dev/stdin > "$0.input"\n',
    );
    await chmod(join(bin, 'sudo'), 0o755);
    const hostile = [
      "'",
      '$(touch x)',
      '`touch x`',
      '\\',
      'END_OF_POLICY',
      '\nEND_OF_POLICY\n',
      '\r',
      '\0',
    ];
    const paths = ['/etc/chromium/x.json', "/etc/it's; touch x/$(touch y).json"];
    const run = promisify(execFile);
    for (const path of paths) {
      const names = [...hostile, ...fc.sample(name, { numRuns: 20, seed: 7 })];
      const entries = names.flatMap((CN) => entriesOf({ ...rule, filter: { ISSUER: { CN } } }));
      const text = documentText({ [chromiumKey]: entries, END_OF_POLICY: 'END_OF_POLICY' });
      const options = { cwd: bin, env: { PATH: `${bin}:/usr/bin:/bin` } };
      await run('sh', ['-c', administratorCommand(path, text)], options);
      expect(await readFile(join(bin, 'sudo.input'), 'utf8')).toBe(text);
      const words = `install -D -m 0644 -o root -g root /dev/stdin ${path}\n`;
      expect(await readFile(join(bin, 'sudo.words'), 'utf8')).toBe(words);
      expect(await run('ls', [bin])).toMatchObject({ stdout: 'sudo\nsudo.input\nsudo.words\n' });
    }
  });
});

describe('Chromium’s directory', () => {
  it('is told nothing at first', async () => {
    const stand = await chromiumStand();
    expect(stand).toMatchObject({ state: 'absent', isOurs: true, isInOurs: false });
    expect(stand.path).toBe(chromium.path);
    expect(JSON.parse(stand.withRule)).toEqual({ [chromiumKey]: [first, second] });
  });

  it('keeps in our file what other people’s wallets wrote there', async () => {
    const theirs = entriesOf(sams);
    await put(chromium.path, { [chromiumKey]: theirs, HomepageLocation: 'https://a.example' });
    const before = await chromiumStand();
    expect(before.state).toBe('absent');
    await put(chromium.path, before.withRule);
    const after = await chromiumStand();
    expect(after).toMatchObject({ state: 'present', isInOurs: true });
    expect(JSON.parse(after.withoutRule ?? '')).toEqual({
      [chromiumKey]: theirs,
      HomepageLocation: 'https://a.example',
    });
  });

  it('is outdated when pages came or went, but for those of another credential', async () => {
    await put(chromium.path, { [chromiumKey]: [first] });
    expect(await chromiumStand()).toMatchObject({ state: 'outdated' });
    const old = { ...rule, patterns: ['https://old.example:443'] };
    await put(chromium.path, { [chromiumKey]: [first, second, ...entriesOf(old)] });
    const stand = await chromiumStand();
    expect(stand.state).toBe('outdated');
    expect(entriesIn(parseDocument(stand.withRule))).toEqual([first, second]);
    expect(await chromiumStand([old])).toMatchObject({ state: 'present' });
    expect(stand.withoutRule).toBeNull();
  });

  it.each(['a.json', 'zzz.json', 'no-extension'])(
    'belongs to who has told it which certificates to show already, in %s',
    async (name) => {
      const foreign = { [chromiumKey]: ['{"pattern":"*","filter":{}}'], Other: [1] };
      await put(beside(name), foreign);
      await put(beside('other.json'), { HomepageLocation: 'https://a.example' });
      const stand = await chromiumStand();
      expect(stand).toMatchObject({ state: 'absent', isOurs: false, path: beside(name) });
      expect(JSON.parse(stand.withRule)).toEqual({
        [chromiumKey]: [...foreign[chromiumKey], first, second],
        Other: [1],
      });
      // As the administrator may have written it by then.
      await put(beside(name), stand.withRule);
      expect(await chromiumStand()).toMatchObject({ state: 'present', isInOurs: false });
      // Of ours and theirs only one holds.
      await put(chromium.path, { [chromiumKey]: [first, second] });
      expect((await chromiumStand()).state).toBe(
        name < 'countersign.json' ? 'outdated' : 'present',
      );
    },
  );

  it.each([
    '',
    'no JSON',
    '[]',
    '{"AutoSelectCertificateForUrls":5}',
    '{"AutoSelect…":["\ud800"]}',
  ])('with %j in our file is told all afresh', async (content) => {
    await put(chromium.path, content);
    const stand = await chromiumStand();
    expect(stand).toMatchObject({ state: 'absent', isOurs: true });
    expect(entriesIn(parseDocument(stand.withRule))).toEqual([first, second]);
  });
});

describe('Firefox’s file', () => {
  it('is ours where there was none, and may go', async () => {
    const stand = await firefoxStand();
    expect(stand).toMatchObject({ state: 'absent', isOurs: true, path: firefox.path });
    await put(firefox.path, stand.withRule);
    expect(await firefoxStand()).toMatchObject({
      ...{ state: 'present', isOurs: true, isInOurs: true, withoutRule: null },
    });
    expect(JSON.parse(stand.withRule)).toEqual(ownFirefoxDocument);
  });

  it.each([
    ['in its place', () => firefox.path],
    ['of a package, which ours would hide', () => firefox.insteadOf[0] ?? ''],
  ])('is the administrator’s %s', async (_which, path) => {
    const theirs = { policies: { DisableTelemetry: true, Preferences: { 'ui.x': 1 } }, more: [] };
    await put(path(), theirs);
    const stand = await firefoxStand();
    expect(stand).toMatchObject({ state: 'absent', isOurs: false, path: firefox.path });
    expect(JSON.parse(stand.withRule)).toMatchObject(theirs);
    await put(firefox.path, stand.withRule);
    expect(await firefoxStand()).toMatchObject({
      state: 'present',
      isOurs: false,
      isInOurs: false,
    });
  });

  it.each(['', '[]', '{"policies":5}', '{"policies":{"Preferences":[]}}', 'no JSON'])(
    'with %j in it is nobody’s to change but the administrator’s',
    async (content) => {
      await put(firefox.path, content);
      expect(await firefoxStand()).toMatchObject({ state: 'absent', isOurs: false });
    },
  );

  it.each([
    ['Select Automatically', 'present'],
    [{ Value: 'Select Automatically', Status: 'locked' }, 'present'],
    [{ Value: 'Ask Every Time' }, 'absent'],
    ['Ask Every Time', 'absent'],
  ])('that says %j has it %s', async (value, state) => {
    const Preferences = { 'security.default_personal_cert': value };
    await put(firefox.path, { policies: { Preferences } });
    expect((await firefoxStand()).state).toBe(state);
  });
});
