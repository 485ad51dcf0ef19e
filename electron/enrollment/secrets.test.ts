import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reached, startProving, World, type Process } from '../testing/enrollment-world.ts';
import { TokenEnrollments, tokenOffer } from '../testing/tokens/token-enrollments.ts';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.stop();
});

function bytesOnDisk(): Buffer {
  const names = readdirSync(world.walletDirectory, { recursive: true, encoding: 'utf8' });
  expect(names).toContain('wallet.db');
  return Buffer.concat(names.map((name) => readFileSync(join(world.walletDirectory, name))));
}

/** All the ways in which a key could lie about. */
function spellings(secret: Buffer): readonly (string | Buffer)[] {
  const texts = (['base64', 'base64url', 'hex'] as const).map((form) => secret.toString(form));
  return [secret, ...texts.map((text) => text.replaceAll('=', ''))];
}

/** Enrolls with a wrong code and a right one; tells which of them lie where, and that no key lies anywhere. */
async function codesFound(): Promise<readonly string[]> {
  const process = await world.joined();
  const codes = [world.wrongCode(), world.code()];
  const { enrollmentId, answer } = await startProving(process);
  const waiting = bytesOnDisk();
  for (const code of codes) await answer(code);
  const { credentialId } = await reached(process, enrollmentId, 'done');
  const secrets = [
    Buffer.from(process.macKey, 'base64url'),
    ...(await scalars(process, credentialId)),
  ];
  expect(secrets.map(({ length }) => length)).toEqual([32, 32, 32]);
  const open = bytesOnDisk();
  await world.kill(process);
  const states = Buffer.from(JSON.stringify(process.reported));
  const places = Object.entries({ waiting, open, closed: bytesOnDisk(), states });
  for (const [place, bytes] of places) {
    for (const spelling of secrets.flatMap(spellings)) {
      expect(bytes.includes(spelling), place).toBe(false);
    }
  }
  return places
    .filter(([, bytes]) => codes.some((code) => bytes.includes(code)))
    .map(([place]) => place);
}

/** The private halves of the account's key and of the credential's. */
async function scalars(process: Process, credentialId: string): Promise<readonly Buffer[]> {
  const ids = [
    process.wallet.credentials.find(credentialId)?.key.id,
    process.wallet.accounts.find('org.example', world.ca.directoryUrl)?.keyId,
  ];
  const keys = await Promise.all(ids.map((id) => process.keys.exportPkcs8(id ?? '')));
  return keys.map((key) => {
    const jwk = createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' });
    return Buffer.from(jwk.export({ format: 'jwk' }).d ?? '', 'base64url');
  });
}

it('no code, account binding or private key is ever in the clear on disk or in a state', async () => {
  const found = await codesFound();
  if (found.length === 0) return;
  // Six digits are in a serial number or an identifier by chance sometimes, but not twice running.
  await world.stop();
  world = await World.start();
  expect(await codesFound()).toEqual([]);
});

it('the search above would find what it looks for', async () => {
  const process = await world.joined();
  process.wallet.activity.append({ event: 'code-sent', detail: `271828${process.macKey}` });
  const bytes = bytesOnDisk();
  expect(bytes.includes('271828')).toBe(true);
  const found = spellings(Buffer.from(process.macKey, 'base64url'));
  expect(found.map((each) => bytes.includes(each))).toContain(true);
});

it('a sealed account binding leaves the disk, also its deleted pages, once the account is bound', async () => {
  const process = await world.joined();
  const sealed = Buffer.from(process.wallet.organizations.externalAccount('org.example') ?? []);
  expect(bytesOnDisk().includes(sealed)).toBe(true);
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  await reached(process, enrollmentId, 'done');
  await world.kill(process);
  expect(bytesOnDisk().includes(sealed)).toBe(false);
});

it('no PIN is ever on disk, in a state, in a report or in what the token process said', async () => {
  const pin = 'Blaubeere-4711';
  await using stand = await TokenEnrollments.start(pin);
  world = stand.world;
  stand.pins = [`${pin}-wrong`, pin];
  const process = await world.joined(tokenOffer);
  await stand.finish(process, await stand.start(process));
  expect(stand.asked).toHaveLength(2);
  const { reported, logged, unforeseen } = process;
  const views = stand.token.tokens.modules;
  const { said } = stand.token.launcher;
  const places = { reported, logged, unforeseen, views, said, reports: stand.token.reports };
  expect(said.length).toBeGreaterThan(3);
  for (const [place, value] of Object.entries(places)) {
    expect(inspect(value, { depth: Infinity, showHidden: true }), place).not.toContain(pin);
    expect(JSON.stringify(value), place).not.toContain(pin);
  }
  const octets = bytesOnDisk();
  for (const spelling of spellings(Buffer.from(pin))) expect(octets.includes(spelling)).toBe(false);
});
