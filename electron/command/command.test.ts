import { execFile, spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateSync } from 'otplib/functional';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalCa, type LocalCa } from '../../ca/portal/local-ca.ts';
import { SessionBus } from '../testing/session-bus.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';

const deep = { tags: ['deep'] };

const email = 'alex@example.test';
const cli = join(import.meta.dirname, '..', 'cli.ts');
const run = promisify(execFile);
const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
/** Milliseconds: real processes, keyrings and modules on a busy machine. */
const patience = 240_000;

let ca: LocalCa;
let bus: SessionBus;
let hsm: SoftHsm;
let directory: string;
let fingerprint: string;
/** The CA's: it stands still, so that a code stays good however busy the machine is. */
let time = Math.floor(Date.now() / 30_000) * 30_000 + 10_000;
const secrets: string[] = [];
/** Everything that any command has said, to be searched for secrets. */
const said: string[] = [];

beforeAll(async () => {
  ca = await startLocalCa({ demoPerson: true, clock: () => new Date(time) });
  bus = await SessionBus.start({ secretService: 'unlocked' });
  hsm = await SoftHsm.create({ label: 'Alex’s card', pin: '735190' }, 'twin', 'twin');
  directory = await mkdtemp(join(tmpdir(), 'countersign-command-'));
  const header = Buffer.from((await ca.profile()).split('.')[0] ?? '', 'base64url').toString();
  const { x5c } = JSON.parse(header) as { x5c: readonly [string] };
  fingerprint = createHash('sha256').update(Buffer.from(x5c[0], 'base64')).digest('hex');
}, patience);
afterAll(async () => {
  await hsm.stop();
  await bus.stop();
  await ca.ca.stop();
  await rm(directory, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

interface Given {
  /** What is to be read from descriptors 3 and 4; `null`: nothing comes, and no end. */
  readonly fds?: readonly (string | null)[];
  readonly input?: string;
  /** What nobody reads. */
  readonly unread?: readonly ('stdout' | 'stderr')[];
}

/** The command as a process of its own. */
function start(words: readonly string[], { fds = [], input = '', unread = [] }: Given = {}) {
  const inWallet = ['--user-data-dir', join(directory, 'wallet')];
  const child = spawn(process.execPath, [cli, ...words, ...inWallet], {
    // vitest.config.ts
    env: { ...bus.env, ...hsm.env, ...compiled },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const texts = { out: '', error: '' };
  child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (texts.error += data.toString()));
  for (const name of unread) child[name].destroy();
  child.stdin.end(input);
  for (const index of [3, 4]) {
    const pipe = child.stdio[index] as NodeJS.WritableStream;
    const given = fds[index - 3];
    // Nobody has to read it.
    pipe.on('error', () => undefined);
    if (given !== null) pipe.end(given ?? '');
    // One that is left open would keep the process from being closed.
    child.once('exit', () => (pipe as NodeJS.WritableStream & { destroy(): void }).destroy());
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    said.push(texts.out, texts.error);
    // As a shell tells it.
    return { code: signal === 'SIGINT' ? 130 : (code as number | null), ...texts };
  });
  return { child, texts, ended };
}

const countersign = (words: readonly string[], given: Given = {}): Promise<Ended> =>
  start(words, given).ended;

/** Alex's code, which nobody has used: the CA's time goes on by two steps first. */
function freshCode(): string {
  const { secret, digits, period } = ca.ca.people.totpSetup(personId());
  time += 2 * period * 1000;
  const epoch = Math.floor(time / 1000);
  return generateSync({ strategy: 'totp', secret, digits, period, epoch });
}

function personId(): string {
  const person = ca.ca.people.findByEmail(email);
  if (person === undefined) throw new Error('the demo person is missing');
  return person.id;
}

async function organization(): Promise<string> {
  const payload = (await ca.profile()).split('.')[1] ?? '';
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { id: string }).id;
}

/** The same link, every character of its values percent-encoded (RFC 3986 §2.1): links may be as long as that. */
const spelledOut = (link: string): string =>
  link.replaceAll(/(?<==)[^&#]+/g, (value) =>
    Buffer.from(decodeURIComponent(value)).toString('hex').replaceAll(/../g, '%$&'),
  );

const pin = '735190';
const onCard = async (...words: readonly string[]) => [
  ...['enroll', '--organization', await organization(), '--offer', 'admin-hardware'],
  ...['--pin-fd', '3', '--otp-fd', '4', '--install', 'none', '--json', ...words],
];

interface Enrolled {
  readonly credentialId: string;
  readonly key: { readonly type: string; readonly place: string; readonly keyId?: string };
  readonly certificates: readonly string[];
}

/** What is on the card, as a program sees it that is not ours. */
async function pkcs11Tool(...words: readonly string[]): Promise<string> {
  const { modulePath, env, token } = hsm;
  const which = ['--token-label', token.label, '--login', '--pin', pin];
  const { stdout } = await run('pkcs11-tool', ['--module', modulePath, ...which, ...words], {
    env: { ...process.env, ...env },
  });
  return stdout;
}

const idsIn = (list: string): readonly string[] =>
  Array.from(list.matchAll(/^\s+ID:\s+([0-9a-f]+)$/gm), ([, id = '']) => id);

describe('countersign', { timeout: patience }, () => {
  it('joins nobody for whom nobody vouches, and says whose signature it is', async () => {
    const { code, out, error } = await countersign(['join', ca.invite(email)]);
    expect([code, out]).toEqual([4, '']);
    expect(error).toContain(fingerprint);
  });

  it('joins nobody under another fingerprint', deep, async () => {
    const wrong = fingerprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    const words = ['join', ca.invite(email), '--fingerprint', wrong];
    expect(await countersign(words)).toMatchObject({ code: 4, out: '' });
  });

  it('takes no line for a link that is longer than any', deep, async () => {
    const input = `${spelledOut(ca.invite(email)).padEnd(8193, 'x')}\n`;
    const { code, error } = await countersign(['join', '-'], { input });
    expect([code, error]).toEqual([2, 'that is longer than any link\n']);
  });

  it('joins by the fingerprint, with a long link that nobody sees in the list of processes', async () => {
    const words = ['join', '-', '--fingerprint', fingerprint.toUpperCase(), '--json'];
    const link = spelledOut(ca.invite(email));
    // Longer than a line of a PIN may be.
    expect(link.length).toBeGreaterThan(255);
    const { code, out, error } = await countersign(words, { input: `${link}\n` });
    expect([code, error]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      organization: { id: await organization(), directory: ca.ca.directoryUrl },
      ...{ fingerprint, vouchedBy: 'fingerprint' },
    });
    secrets.push(new URL(link).hash, decodeURIComponent(new URL(link).hash));
  });

  it('lists tokens, and why each of them fits an offer or not', async () => {
    const words = ['tokens', '--json', '--module', hsm.modulePath];
    const { code, out } = await countersign(words);
    expect(code).toBe(0);
    const { modules } = JSON.parse(out) as {
      modules: [
        { readers: { token: { label: string; serial: string; offers: object[] } | null }[] },
      ];
    };
    const card = modules[0].readers.find(({ token }) => token?.serial === hsm.token.serial)?.token;
    expect(card?.label).toBe('Alex’s card');
    expect(card?.offers).toContainEqual(
      expect.objectContaining({ offer: 'admin-hardware', verdict: 'fits' }),
    );
  });

  it('says of a module that cannot be loaded why', deep, async () => {
    const text = join(directory, 'module.so');
    await writeFile(text, 'a text', { mode: 0o644 });
    const { code, out } = await countersign(['tokens', '--json', '--module', text]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      modules: [{ status: 'failed', failure: { code: 'token-module' }, readers: [] }],
    });
  });

  it('gets a certificate for a key that is made on a token, with PIN and code from descriptors', async () => {
    const words = await onCard('--token', hsm.token.serial, '--key-type', 'P-256');
    const otp = freshCode();
    const { code, out, error } = await countersign(words, {
      fds: [`${pin}\n`, `000000\n${otp}\n`],
    });
    expect(error).toContain('code-refused');
    expect([code, error.split('\n').filter((line) => line.includes('"event":"failed"'))]).toEqual([
      0,
      [],
    ]);
    const { key, certificates } = JSON.parse(out) as Enrolled;
    expect(key).toMatchObject({ type: 'P-256', place: 'token' });
    const { keyId = '' } = key;
    expect(idsIn(await pkcs11Tool('--list-objects', '--type', 'privkey'))).toEqual([keyId]);
    expect(idsIn(await pkcs11Tool('--list-objects', '--type', 'cert'))).toContain(keyId);
    const read = join(directory, 'read.der');
    await pkcs11Tool('--read-object', '--type', 'cert', '--id', keyId, '--output-file', read);
    const [leaf = '', ...chain] = certificates;
    expect(new X509Certificate(leaf).raw).toEqual(await readFile(read));
    await expect(opensslVerify(leaf, chain)).resolves.toContain('OK');
  });

  it('does not guess which of two tokens is meant, and touches neither', deep, async () => {
    const words = await onCard('--token', 'twin');
    const { code, error } = await countersign(words, { fds: ['123456\n'] });
    expect(code).toBe(3);
    const [, one, two] = hsm.tokens;
    expect(error).toContain(one?.serial);
    expect(error).toContain(two?.serial);
  });

  it('names the tokens that would do when it is told none', deep, async () => {
    const { code, error } = await countersign(await onCard(), { fds: ['123456\n'] });
    expect([code, error]).toEqual([3, expect.stringContaining('Say which by --token')]);
    for (const { label, serial } of hsm.tokens) {
      expect(error).toContain(`“${label}” (${serial})`);
    }
  });

  it('says where the key may be when it may not be where it is wanted', deep, async () => {
    const { code, error } = await countersign(await onCard('--token', 'software'));
    expect([code, error]).toEqual([3, expect.stringContaining('but in: token')]);
  });

  it('spends one try on a wrong PIN, and leaves nothing behind on the token', async () => {
    const words = await onCard('--token', hsm.token.serial);
    const { code, error } = await countersign(words, { fds: ['999999\n999999\n'] });
    expect(code).toBe(5);
    expect(error).toContain('pin-incorrect');
    expect(idsIn(await pkcs11Tool('--list-objects', '--type', 'privkey'))).toHaveLength(1);
  });

  it('takes everything back when no code comes', deep, async () => {
    const words = await onCard('--token', hsm.token.serial);
    const { code, error } = await countersign(words, { fds: [`${pin}\n`, ''] });
    expect([code, error]).toEqual([5, expect.stringContaining('one-time code')]);
    expect(idsIn(await pkcs11Tool('--list-objects', '--type', 'privkey'))).toHaveLength(1);
  });

  it('takes everything back when it is interrupted', async () => {
    const words = await onCard('--token', hsm.token.serial);
    const { child, texts, ended } = start(words, { fds: [`${pin}\n`, null] });
    await expect.poll(() => texts.error, { timeout: patience }).toContain('code-needed');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, out: '' });
    expect(idsIn(await pkcs11Tool('--list-objects', '--type', 'privkey'))).toHaveLength(1);
  });

  it(
    'shows tokens as long as it is wanted, and whose keys they are only to one at a time',
    deep,
    async () => {
      const words = ['tokens', '--json', '--module', hsm.modulePath];
      const { child, texts, ended } = start([...words, '--watch']);
      await expect.poll(() => texts.out, { timeout: patience }).toContain('"owner":"credential"');
      expect(await countersign(['credentials'])).toMatchObject({ code: 7, out: '' });
      const other = await countersign(words);
      expect([other.code, (JSON.parse(other.out) as { wallet: string }).wallet]).toEqual([
        0,
        'in-use',
      ]);
      child.kill('SIGINT');
      expect((await ended).code).toBe(0);
    },
  );

  it('lists the credentials of the wallet', async () => {
    const { code, out } = await countersign(['credentials', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      credentials: [{ offerId: 'admin-hardware', status: 'active', key: { place: 'token' } }],
    });
  });

  it('enrolls to the end when nobody follows its progress', deep, async () => {
    const words = await onCard('--token', hsm.token.serial);
    const fds = [`${pin}\n`, `${freshCode()}\n`];
    const { code, out, error } = await countersign(words, { fds, unread: ['stderr'] });
    expect([code, error]).toEqual([0, '']);
    const { certificates } = JSON.parse(out) as Enrolled;
    expect(certificates.length).toBeGreaterThan(0);
  });

  it(
    'enrolls to the end when nobody reads the result, and does not call that done',
    deep,
    async () => {
      const words = await onCard('--token', hsm.token.serial);
      const fds = [`${pin}\n`, `${freshCode()}\n`];
      expect(await countersign(words, { fds, unread: ['stdout'] })).toMatchObject({ code: 8 });
      const { out } = await countersign(['credentials', '--json']);
      const { credentials } = JSON.parse(out) as { credentials: readonly object[] };
      expect(credentials).toEqual(Array(3).fill(expect.objectContaining({ status: 'active' })));
    },
  );

  it('shows tokens no longer than somebody looks', deep, async () => {
    const words = ['tokens', '--watch', '--module', hsm.modulePath];
    expect(await countersign(words, { unread: ['stdout'] })).toMatchObject({ code: 8, error: '' });
  });

  it('has said no secret, and none lies in the files of the wallet', async () => {
    secrets.push(pin, '999999');
    const files = await readdir(join(directory, 'wallet'));
    const octets = await Promise.all(
      files.map((file) => readFile(join(directory, 'wallet', file))),
    );
    for (const secret of secrets) {
      expect(said.filter((text) => text.includes(secret))).toEqual([]);
      expect(octets.filter((file) => file.includes(secret))).toEqual([]);
    }
  });
});

async function opensslVerify(leaf: string, chain: readonly string[]): Promise<string> {
  const path = (name: string) => join(directory, name);
  await writeFile(path('leaf.pem'), leaf);
  await writeFile(path('chain.pem'), chain.join('\n'));
  await writeFile(path('root.pem'), ca.ca.rootPem);
  const words = ['-CAfile', path('root.pem'), '-untrusted', path('chain.pem'), path('leaf.pem')];
  return (await run('openssl', ['verify', ...words])).stdout;
}
