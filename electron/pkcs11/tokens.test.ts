import { spawnSync } from 'node:child_process';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyTypes, type KeyType } from '../../shared/models/enrollment-profile.ts';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { readPublicKey } from '../keys/public-key.ts';
import type { Signer } from '../keys/signer.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { FoundKey, LoginHold, TokenReference } from './token-access.ts';

const hold: LoginHold = { seconds: 60, uses: 100 };
const newId = (): string => randomBytes(20).toString('hex');

let hsm: SoftHsm;
let world: TokenWorld;
let token: TokenReference;
const made = new Map<KeyType, { readonly id: string; readonly key: FoundKey }>();

beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  token = await world.reference();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await hsm.stop();
});

const logIn = (): Promise<void> =>
  world.tokens.login(token, { pin: pinOf('123456'), acceptFinalTry: false, hold });

function confirms({ publicSpki, type }: FoundKey, data: Uint8Array, signature: Uint8Array) {
  const key = createPublicKey({ key: Buffer.from(publicSpki), format: 'der', type: 'spki' });
  const hash = type === 'Ed25519' ? null : type === 'P-384' ? 'sha384' : 'sha256';
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

it('shows the tokens of a module, and what each can do', () => {
  const [module] = world.tokens.modules;
  expect(module).toMatchObject({ status: 'ready', name: 'SoftHSM' });
  const view = module?.readers.find((reader) => reader.token?.isInitialized)?.token;
  expect(view).toMatchObject({
    ...{ label: 'work', serial: hsm.token.serial, manufacturer: 'SoftHSM project' },
    ...{ kind: 'token', login: 'pin', pin: 'ok', isWritable: true, keys: [], certificates: [] },
    makes: [...keyTypes],
    signs: [...keyTypes],
  });
});

/** A request for a certificate, as an order takes it along. */
async function requestFor({ publicSpki }: FoundKey, sign: Signer['sign']): Promise<Uint8Array> {
  const { algorithm, jwk } = readPublicKey(publicSpki);
  const signer: Signer = { algorithm, publicJwk: jwk, publicSpki, sign };
  const identifiers = [{ type: 'email', value: 'maren@example.org' } as const];
  return createCertificateRequest({ signer, identifiers });
}

/** What another program thinks of its signature. */
function opinionOn(request: Uint8Array): string {
  const words = ['req', '-inform', 'der', '-noout', '-verify'];
  const { stderr } = spawnSync('openssl', words, { input: request, encoding: 'utf8' });
  return stderr;
}

it.for(keyTypes)('makes a %s key, and signs with it', async (type) => {
  await logIn();
  const id = newId();
  const data = randomBytes(100);
  const key = await world.tokens.generateKeyPair(token, { type, id, label: 'my key' });
  const sign = (octets: Uint8Array) => world.tokens.sign({ token, id }, { type, data: octets });
  expect(confirms(key, data, await sign(data))).toBe(true);
  expect(opinionOn(await requestFor(key, sign))).toContain('verify OK');
  made.set(type, { id, key });
});

it('finds its keys again in another process, after login', async () => {
  const [child] = world.launcher.running;
  const isOver = new Promise<void>((resolve) => child?.onExit(resolve));
  child?.kill();
  await isOver;
  for (const { id } of made.values()) {
    expect(await world.tokens.findKey({ token, id })).toBe('incomplete');
  }
  await logIn();
  expect(made.size).toBe(keyTypes.length);
  for (const { id, key } of made.values()) {
    expect(await world.tokens.findKey({ token, id })).toEqual(key);
  }
});
