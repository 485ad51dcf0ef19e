import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandStand } from '../testing/command-stand.ts';

const deep = { tags: ['deep'] };

/** Milliseconds: real processes and keyrings on a busy machine. */
const patience = 240_000;

let stand: CommandStand;
let organizationId: string;
/** The last credential that a command has got. */
let credentialId: string;

beforeAll(async () => {
  stand = await CommandStand.start();
  const [head = '', body = ''] = (await stand.ca.profile()).split('.');
  const read = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  organizationId = String(read(body)['id']);
  const [signer = ''] = read(head)['x5c'] as string[];
  const fingerprint = createHash('sha256').update(Buffer.from(signer, 'base64')).digest('hex');
  const joined = await stand.run(['join', '-', '--fingerprint', fingerprint], '', stand.invite());
  expect(joined).toMatchObject({ code: 0 });
}, patience);
afterAll(() => stand[Symbol.asyncDispose]());

const enroll = (given: string, ...words: readonly string[]) =>
  stand.run(
    [
      ...['enroll', '--organization', organizationId, '--offer', 'wifi-vpn'],
      ...['--token', 'software', '--install', 'none', ...words],
    ],
    given,
  );

interface Listed {
  readonly id: string;
  readonly issuedAt: string;
}

async function credentials(): Promise<readonly Listed[]> {
  const { out } = await stand.run(['credentials']);
  return (JSON.parse(out) as { credentials: readonly Listed[] }).credentials;
}

interface Got {
  readonly credentialId: string;
  readonly certificates: readonly [string, ...string[]];
}

const answers = (): number =>
  stand.ca.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

describe('countersign', { timeout: patience }, () => {
  it('says what code is needed, and what for', async () => {
    const { code, out, error } = await enroll(`${stand.freshCode()}\n`, '--otp-fd', '3');
    expect(code).toBe(0);
    expect(error).toMatch(
      /"event":"code-needed","host":"localhost:\d+","type":"totp-01","digits":6/,
    );
    ({ credentialId } = JSON.parse(out) as Got);
    stand.ca.ca.registry.acceptIssued(stand.personId, true);
  });

  it(
    'proves by the certificate that is named by its fingerprint, and by no other',
    deep,
    async () => {
      const { out } = await enroll('', '--certificate', credentialId);
      const got = JSON.parse(out) as Got;
      const { fingerprint256, subject } = new X509Certificate(got.certificates[0]);
      expect(subject).toContain('Alex');
      const named = await enroll('', '--certificate', fingerprint256);
      expect(named).toMatchObject({ code: 0 });
      const sha256 = fingerprint256.replaceAll(':', '').toLowerCase();
      expect(named.error).toContain(`"event":"certificate-used"`);
      expect(named.error).toContain(sha256);
      const before = answers();
      const other = await enroll('', '--certificate', 'ab'.repeat(32));
      expect(other).toMatchObject({ code: 3, out: '' });
      expect(answers()).toBe(before);
    },
  );

  it('renews one credential without anybody, names it to the CA, and lets it go', async () => {
    const before = await credentials();
    const [newest] = before;
    const { code, out } = await stand.run([
      ...['renew', '--credential', newest?.id ?? '', '--install', 'none'],
    ]);
    expect(code).toBe(0);
    const { credentials: renewed } = JSON.parse(out) as { credentials: readonly object[] };
    expect(renewed).toMatchObject([
      { credentialId: newest?.id, outcome: 'renewed', isRetired: true },
    ]);
    const left = await credentials();
    expect(left).toHaveLength(before.length);
    expect(left.map(({ id }) => id)).not.toContain(newest?.id);
  });

  it('renews nothing whose time has not come', deep, async () => {
    const before = await credentials();
    const { code, out } = await stand.run(['renew', '--due', '--install', 'none']);
    expect(code).toBe(0);
    const { credentials: asked } = JSON.parse(out) as { credentials: { outcome: string }[] };
    expect(asked.map(({ outcome }) => outcome)).toEqual(before.map(() => 'not-due'));
    expect(stand.ca.ca.requestLog.count({ resource: 'renewalInfo' })).toBe(before.length);
    expect(await credentials()).toEqual(before);
  });

  it('renews nothing in its first hour, whatever the CA wants', deep, async () => {
    const before = await credentials();
    const window = 'past' as const;
    stand.ca.ca.faults.arm({ kind: 'renewalInfo', window, times: before.length });
    const early = await stand.run(['renew', '--due', '--install', 'none']);
    expect(JSON.parse(early.out)).toMatchObject({
      credentials: before.map(() => ({ outcome: 'not-due' })),
    });
  });

  it.each([
    ['neither', []],
    ['both', ['--credential', 'x', '--due']],
    ['one descriptor for both', ['--due', '--pin-fd', '3', '--otp-fd', '3']],
  ])('renews nothing when it is told %s', deep, async (_title, words) => {
    expect(await stand.run(['renew', ...words])).toMatchObject({ code: 2, out: '' });
  });

  it('knows no credential that is not there', deep, async () => {
    expect(await stand.run(['renew', '--credential', 'nobody'])).toMatchObject({
      ...{ code: 3, out: '' },
    });
  });
});
