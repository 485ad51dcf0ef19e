import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyBrowser } from '../../shared/models/browser-policy.ts';
import type { BrowserPolicyLocation } from '../install/browser-policy.ts';
import { PolicyFiles } from '../install/browser-policy-files.ts';
import { NssPerson } from '../testing/nss-person.ts';
import { WalletOnDisk } from '../testing/wallet-on-disk.ts';
import { sampleCredential } from '../testing/wallet-samples.ts';
import { BrowserPolicies } from './browser-policies.ts';

let alex: NssPerson;
let disk: WalletOnDisk;
let location: BrowserPolicyLocation;

beforeEach(async () => {
  alex = await NssPerson.create();
  disk = new WalletOnDisk();
  const file = (browser: PolicyBrowser, path: string) =>
    ({ browser, path: join(alex.home, 'etc', path), commands: [browser], insteadOf: [] }) as const;
  location = {
    files: {
      chromium: file('chromium', 'chromium/policies/managed/countersign.json'),
      chrome: file('chrome', 'opt/chrome/policies/managed/countersign.json'),
      edge: file('edge', 'opt/edge/policies/managed/countersign.json'),
      firefox: file('firefox', 'firefox/policies/policies.json'),
    },
    programs: {
      // As pkexec, which leaves the standard input and the words as they are.
      elevate: await program(
        'elevate',
        `echo "$@" >> "$0.log"\n[ "$1" = --disable-internal-agent ] && shift\nexec "$@"`,
      ),
      // Whoever runs the tests may not be root.
      install: await program('install', 'exec /usr/bin/install -D -m "$3" "$8" "$9"'),
      remove: '/usr/bin/rm',
    },
  };
});
afterEach(async () => {
  disk.remove();
  await alex[Symbol.asyncDispose]();
});

async function program(name: string, script: string): Promise<string> {
  const path = join(alex.home, 'bin', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

function policies(changes: Partial<ConstructorParameters<typeof PolicyFiles>[0]> = {}) {
  const files = new PolicyFiles({
    ...{ programs: location.programs, isAdministrator: false, environment: { PATH: '/usr/bin' } },
    ...{ temporaryDirectory: alex.home, ...changes },
  });
  const searchPath = join(alex.home, 'bin');
  return new BrowserPolicies({ wallet: disk.wallet, location, files, searchPath });
}

/** Remembers a credential for these pages. */
async function remember(
  id: string,
  subject: string,
  sites?: readonly string[],
  organizationId = sampleCredential.organizationId,
): Promise<void> {
  const { certificate } = await alex.credential({ id, subject });
  const body = Buffer.from(certificate).toString('base64');
  const chain = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  const own = { id, chain, organizationId };
  const record = { ...sampleCredential, ...own, ...(sites && { sites: [...sites] }) };
  disk.wallet.credentials.save(record);
}

const read = (browser: PolicyBrowser): Promise<string> =>
  readFile(location.files[browser].path, 'utf8');
const subjects = async (): Promise<readonly unknown[]> => {
  const document = JSON.parse(await read('chromium')) as Record<string, string[]>;
  return (document['AutoSelectCertificateForUrls'] ?? []).map(
    (entry) => (JSON.parse(entry) as { filter: { SUBJECT: unknown } }).filter.SUBJECT,
  );
};
const events = () => disk.wallet.activity.entries().map(({ event, detail }) => [event, detail]);
const intranet = ['https://intranet.example'];

describe('browsers', () => {
  it('are those of this computer, and only where there is a page', async () => {
    await remember('one', 'CN=Alex', intranet);
    await remember('two', 'CN=Alex');
    expect(await policies().list('one')).toEqual([]);
    await program('chromium', 'exit');
    await program('firefox', 'exit');
    const views = await policies().list('one');
    expect(views).toMatchObject([
      { browser: 'chromium', state: 'absent', sites: intranet, isOffered: true },
      { browser: 'firefox', state: 'absent', everySite: true, isOffered: true },
    ]);
    expect(views[0]?.command).toContain(views[0]?.content);
    expect(await policies().list('two')).toEqual([]);
    await expect(policies().set('two', 'chromium')).rejects.toMatchObject({
      failure: { code: 'not-found' },
    });
  });

  it('are told with an administrator’s password, and told otherwise again', async () => {
    await remember('one', 'CN=Alex', intranet);
    await remember('two', 'CN=Alexandra', intranet);
    const room = policies();
    await Promise.all([room.set('one', 'chromium'), room.set('two', 'chromium')]);
    expect(await subjects()).toEqual([{ CN: 'Alex' }, { CN: 'Alexandra' }]);
    const { mode } = await stat(location.files.chromium.path);
    expect(mode & 0o777).toBe(0o644);
    expect(await room.list('one')).toMatchObject([{ browser: 'chromium', state: 'present' }]);
    await room.withdraw('one', 'chromium');
    await room.withdraw('one', 'chromium');
    expect(await subjects()).toEqual([{ CN: 'Alexandra' }]);
    await room.withdraw('two', 'chromium');
    await expect(read('chromium')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(events()).toEqual([
      ['browser-policy-withdrawn', 'chromium'],
      ['browser-policy-withdrawn', 'chromium'],
      ['browser-policy-set', 'chromium'],
      ['browser-policy-set', 'chromium'],
    ]);
    // Nothing but constants of ours and no content is among the words.
    const { path } = location.files.chromium;
    const install = `--disable-internal-agent ${location.programs.install} -D -m 0644 -o root -g root /dev/stdin ${path}`;
    expect((await readFile(`${location.programs.elevate}.log`, 'utf8')).split('\n')).toEqual([
      ...[install, install, install],
      `--disable-internal-agent /usr/bin/rm -f -- ${path}`,
      '',
    ]);
  });

  it('are told nothing of a certificate that is called as another organisation’s is', async () => {
    await program('chromium', 'exit');
    // Their CA calls itself what another does.
    await remember('theirs', 'CN=Alex', ['https://elsewhere.example'], 'https://other.example/');
    expect(await policies().list('theirs')).toHaveLength(1);
    await remember('one', 'CN=Alex', intranet);
    expect(await policies().list('theirs')).toEqual([]);
    await expect(policies().set('theirs', 'chromium')).rejects.toMatchObject({ reason: 'refused' });
    await expect(read('chromium')).rejects.toMatchObject({ code: 'ENOENT' });
    // What was said before can still be taken back.
    disk.wallet.credentials.remove('one');
    await policies().set('theirs', 'chromium');
    await remember('one', 'CN=Alex', intranet);
    expect(await policies().list('theirs')).toMatchObject([{ state: 'present' }]);
    await policies().withdraw('theirs', 'chromium');
    await expect(read('chromium')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are told nothing when the person gives no password, or nobody can be asked for it', async () => {
    await remember('one', 'CN=Alex', intranet);
    await program('chromium', 'exit');
    await program('elevate', 'exit 126');
    await expect(policies().set('one', 'chromium')).rejects.toMatchObject({
      failure: { code: 'cancelled' },
    });
    await program('elevate', 'exit 127');
    const refused = { code: 'install', target: 'nss', reason: 'refused' };
    await expect(policies().set('one', 'chromium')).rejects.toMatchObject(refused);
    // It says so, and nothing came of it.
    await program('elevate', 'exit 0');
    await expect(policies().set('one', 'chromium')).rejects.toMatchObject(refused);
    const programs = { ...location.programs, elevate: '/nonexistent' };
    expect(await policies({ programs }).list('one')).toMatchObject([{ isOffered: false }]);
    await expect(policies({ programs }).set('one', 'chromium')).rejects.toMatchObject({
      reason: 'store-not-writable',
    });
    expect(events()).toEqual([]);
  });

  it('are not told by us what an administrator tells them', async () => {
    await remember('one', 'CN=Alex', intranet);
    const theirs = '{"policies":{"DisableTelemetry":true}}';
    await mkdir(dirname(location.files.firefox.path), { recursive: true });
    await writeFile(location.files.firefox.path, theirs);
    const [view] = await policies().list('one');
    expect(view).toMatchObject({ browser: 'firefox', isOffered: false });
    expect(JSON.parse(view?.content ?? '')).toMatchObject(JSON.parse(theirs) as object);
    await expect(policies().set('one', 'firefox')).rejects.toMatchObject({
      ...{ target: 'firefox', reason: 'store-not-writable' },
    });
    expect(await read('firefox')).toBe(theirs);
  });
});

describe('a credential that leaves the wallet', () => {
  beforeEach(async () => {
    await remember('one', 'CN=Alex', intranet);
    await remember('two', 'CN=Alexandra', intranet);
    for (const id of ['one', 'two']) await policies().set(id, 'chromium');
    await policies().set('one', 'firefox');
  });

  it('leaves no trace where that takes no password, and others what is theirs', async () => {
    const room = policies({ isAdministrator: true });
    expect(await room.release('one')).toEqual([]);
    expect(await subjects()).toEqual([{ CN: 'Alexandra' }]);
    disk.wallet.credentials.remove('one');
    expect(await read('firefox')).toContain('Select Automatically');
    expect(await room.release('two')).toEqual([]);
    await expect(read('firefox')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(read('chromium')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says where it stays because nobody was asked for a password', async () => {
    const log = await readFile(`${location.programs.elevate}.log`, 'utf8');
    expect(await policies().release('one')).toEqual(['chromium']);
    expect(await readFile(`${location.programs.elevate}.log`, 'utf8')).toBe(log);
    expect(await subjects()).toHaveLength(2);
  });

  it('keeps what its successor needs', async () => {
    await remember('newer', 'CN=Alex', intranet);
    expect(await policies({ isAdministrator: true }).release('one')).toEqual([]);
    expect(await policies().list('newer')).toMatchObject([
      { browser: 'chromium', state: 'present' },
      { browser: 'firefox', state: 'present' },
    ]);
  });
});
