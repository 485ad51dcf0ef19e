import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { Issuer } from '../../testing/installable.ts';
import { soundNetwork } from '../../testing/made-up-networks.ts';
import { NetworkFileTarget, type NetworkFileFormat } from './network-file-target.ts';

let home: string;
let directory: string;
let issuer: Issuer;
let network: NetworkDescription;
let target: NetworkFileTarget;

const name = 'My net.8021x';
const theirs = '[Security]\nEAP-Method=PWD\n';

/** As iwd's: one file for a network, whoever's it is. */
const format: NetworkFileFormat = {
  id: 'iwd',
  names: /^[A-Za-z ]+\.8021x$/,
  checkWish: () => undefined,
  checkKey: () => undefined,
  filesOf: ({ credentialId }) => Promise.resolve(new Map([[name, `countersign-${credentialId}`]])),
  passphraseIn: () => undefined,
};

beforeAll(async () => {
  issuer = await Issuer.create();
  network = await soundNetwork({ ssids: ['My net'] });
});
beforeEach(async () => {
  // Nobody, whom the modes of files stop.
  if (process.getuid?.() === 0) process.seteuid?.(65534);
  home = await mkdtemp(join(tmpdir(), 'countersign-kept-aside-'));
  directory = join(home, 'iwd');
  mkdirSync(directory);
  const elevate = join(home, 'elevate');
  target = new NetworkFileTarget(format, {
    ...{ homeDirectory: home, temporaryDirectory: home, searchPath: '/usr/bin:/bin', directory },
    ...{ environment: {}, now: () => new Date(), isAdministrator: false, elevate },
  });
  giving('"$@"');
});
afterEach(async () => {
  chmodSync(directory, 0o700);
  await rm(home, { recursive: true });
  if (process.getuid?.() === 0) process.seteuid?.(0);
});

/** What stands in the place of pkexec alone sees what is in the directory. */
function giving(script: string): void {
  const but = 'case "$word" in -o|-g|root) ;; *) set -- "$@" "$word";; esac';
  const lines = [
    ...['#!/bin/sh', `for word do shift; ${but}; done`, `echo "$1" >>'${home}/asked'`],
    ...[`chmod 0700 '${directory}'`, script, 'code=$?', `chmod 0 '${directory}'`, 'exit $code', ''],
  ];
  writeFileSync(join(home, 'elevate'), lines.join('\n'), { mode: 0o700 });
}

const asked = (): string => {
  const path = join(home, 'asked');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

/** What was there before us, where we cannot see it. */
function before(text?: string): void {
  if (text !== undefined) writeFileSync(join(directory, name), text);
  chmodSync(directory, 0);
}

function asAdministrator<T>(work: () => T): T {
  chmodSync(directory, 0o700);
  const user = process.geteuid?.() ?? 0;
  if (process.getuid?.() === 0) process.seteuid?.(0);
  try {
    return work();
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(user);
    chmodSync(directory, 0);
  }
}

const found = (): Readonly<Record<string, string>> =>
  asAdministrator(() => {
    const names = readdirSync(directory).sort();
    return Object.fromEntries(
      names.map((each) => [each, readFileSync(join(directory, each), 'utf8')] as const),
    );
  });

const issued = async () => ({ ...(await issuer.credential()), networks: [network] });

describe('a profile of somebody else’s that only administrators see', () => {
  it('is kept aside, and given back when the credential is removed', async () => {
    before(theirs);
    const credential = await issued();
    const installed = await target.install(credential);
    await target.install(credential);
    const ours = `countersign-${credential.credentialId}`;
    expect(found()).toEqual({ [name]: ours, [`${name}.before-countersign`]: theirs });
    await target.remove(installed);
    expect(found()).toEqual({ [name]: theirs });
    expect(existsSync(join(home, '.cert'))).toBe(false);
  });

  it('is given back by the last of two credentials for the network', async () => {
    before(theirs);
    const [older, newer] = [await issued(), await issued()];
    const from = await target.install(older);
    const to = await target.install(newer);
    await target.rebind(from, to, [newer]);
    expect(found()).toMatchObject({ [name]: `countersign-${newer.credentialId}` });
    await target.remove(to);
    expect(found()).toEqual({ [name]: theirs });
  });

  it('stays where it is when nobody gives a password, and no other is asked for', async () => {
    before(theirs);
    giving('(exit 126)');
    const credential = await issued();
    await expect(target.install(credential)).rejects.toMatchObject({ code: 'install' });
    const once = asked();
    giving('"$@"');
    await target.remove({ ...credential, location: '' });
    expect(asked()).toBe(once);
    expect(found()).toEqual({ [name]: theirs });
  });

  it('is given back at the next try when the password was wrong', async () => {
    before(theirs);
    const installed = await target.install(await issued());
    giving('(exit 127)');
    await expect(target.remove(installed)).rejects.toMatchObject({ reason: 'store-not-writable' });
    giving('"$@"');
    await target.remove(installed);
    expect(found()).toEqual({ [name]: theirs });
  });

  it('is left alone where an administrator has put it back', async () => {
    before(theirs);
    const credential = await issued();
    const installed = await target.install(credential);
    asAdministrator(() =>
      renameSync(join(directory, `${name}.before-countersign`), join(directory, name)),
    );
    await target.remove(installed);
    expect(found()).toEqual({ [name]: theirs });
  });
});

it('where there was none, one password takes ours away', async () => {
  before();
  const installed = await target.install(await issued());
  await target.remove(installed);
  expect(found()).toEqual({});
  expect(asked()).toBe('/usr/bin/install\n/usr/bin/rm\n');
});

it('where install(1) prints nothing, what it kept is looked for all the same', async () => {
  giving('"$@" >/dev/null');
  before(theirs);
  await target.remove(await target.install(await issued()));
  expect(found()).toEqual({ [name]: theirs });
  await target.remove(await target.install(await issued()));
  expect(found()).toEqual({ [name]: theirs });
});
