import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from './acme/objects.ts';
import { catalogue } from './catalogue.ts';
import { broken, refusing, showing } from './testing/broken-server.ts';
import type { Breakage, Fault, Seen } from './testing/broken-server.ts';
import { approvalFaults, otherDocument } from './testing/approval-faults.ts';
import { startLocalServer } from './testing/local-server.ts';
import type { LocalServer } from './testing/local-server.ts';
import { runAgainst } from './testing/suite-run.ts';
import type { SuiteRun } from './testing/suite-run.ts';

let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer();
});

afterAll(() => server.stop());

const HOURS = 3 * 3600;

/** Long enough after the run before that no failure of it counts. */
function run(parameters: readonly string[], breakage?: Breakage): Promise<SuiteRun> {
  server.ca.clock.advance(HOURS);
  return runAgainst(server, {
    parameters,
    ...(breakage === undefined ? {} : { between: broken(breakage) }),
  });
}

const idsOf = ({ results }: SuiteRun, verdict: string): readonly string[] =>
  results.filter((one) => one.verdict === verdict).map(({ id }) => id);

describe('the CA of this repository', () => {
  it('passes every case', { timeout: 120_000 }, async () => {
    const whole = await run([]);
    const others = whole.results.filter(({ verdict }) => verdict !== 'pass');
    expect(others).toEqual([]);
    expect(whole.results.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
    expect(whole.exit).toBe(0);
    expect(whole.warnings).toBe('');
    expect(whole.text).toContain(`${catalogue.length} passed, 0 failed, 0 skipped`);
    expect(whole.report).toMatchObject({
      ...{ version: 1, directory: server.ca.directoryUrl },
      counts: { pass: catalogue.length, fail: 0, skipped: 0, 'not-applicable': 0 },
    });
  });

  it('passes again, by accounts and counters that the first run kept for its owner', async () => {
    const state = join(server.folder, 'credentials.state.json');
    expect(statSync(state).mode & 0o077).toBe(0);
    const { accounts } = server.ca.ledger();
    const again = await run(['--only', 'hotp-01']);
    expect(again.results.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    // Somebody may have needed only one so far; nobody needs a new first one.
    expect(server.ca.ledger().accounts - accounts).toBeLessThanOrEqual(2);
  });

  it('is told no secret of, in neither report nor warning', async () => {
    const { text, report } = await run(['--only', 'otp-01']);
    const given = JSON.parse(readFileSync(server.credentialsFile, 'utf8')) as {
      readonly subjects: readonly { readonly otp: { readonly ocra: Json } }[];
    };
    const keys = given.subjects.map(({ otp }) => String(otp.ocra['key']));
    expect(keys.some((key) => `${text}${JSON.stringify(report)}`.includes(key))).toBe(false);
  });

  it('is asked no more often than was said', async () => {
    const few = await run(['--only', 'common', '--requests', '12']);
    expect(few.report['requests']).toBe(12);
    expect(idsOf(few, 'fail')).toEqual([]);
    expect(idsOf(few, 'skipped').length).toBeGreaterThan(10);
  });
});

it('blames no server for having neither pre-authorization nor approvals', async () => {
  const without: Breakage = {
    change: ({ status, body }) => ({
      status,
      body: 'newOrder' in body ? { ...body, newAuthz: undefined, meta: { website: 'x' } } : body,
    }),
  };
  const told = await run(['--only', 'pre-authorization,approvals'], without);
  expect(told.results.length).toBeGreaterThan(70);
  expect(new Set(told.results.map(({ verdict }) => verdict))).toEqual(new Set(['not-applicable']));
});

describe('a server on which credentials are locked before the suite begins', () => {
  const locked = { type: 'urn:ietf:params:acme:error:rateLimited', status: 429, detail: 'Later.' };
  const refuses = (isRefused: () => boolean): Breakage => ({
    change: (answer, { payload }) =>
      /^\d{6}$/.test(String(payload?.['otp'])) && isRefused()
        ? { status: 429, body: locked }
        : answer,
  });

  it('is not blamed for it: what needs them is skipped', async () => {
    const told = await run(
      ['--only', 'hotp-01'],
      refuses(() => true),
    );
    expect([idsOf(told, 'fail'), told.exit]).toEqual([[], 0]);
    const { came } = told.results.find(({ id }) => id === 'hotp.accepted') ?? {};
    expect(came).toMatch(/^locked: .*429/);
    expect(idsOf(told, 'skipped')).toContain('hotp.throttle');
  });

  it('is blamed when it locks those that it has just judged', { tags: ['deep'] }, async () => {
    let asked = 0;
    const told = await run(
      ['--only', 'hotp-01'],
      refuses(() => (asked += 1) > 8),
    );
    expect(idsOf(told, 'fail').length).toBeGreaterThan(0);
  });
});

/** The protected header of the compact JWS in a response. */
function headerOf({ payload }: Seen): Json {
  const sig = payload?.['sig'];
  const [header = ''] = typeof sig === 'string' ? sig.split('.') : [];
  const text = Buffer.from(header, 'base64url').toString();
  return text.startsWith('{') ? (JSON.parse(text) as Json) : {};
}

/** Whether the flags of an assertion say that it was the person. */
function isVerified({ payload }: Seen): boolean {
  const { credential } = (payload ?? {}) as { readonly credential?: { readonly response?: Json } };
  const data = credential?.response?.['authenticatorData'];
  return typeof data !== 'string' || ((Buffer.from(data, 'base64url')[32] ?? 0x04) & 0x04) !== 0;
}

const faults: readonly Fault[] = [
  {
    does: 'takes a code twice',
    only: 'totp-01,hotp-01',
    breakage: { accepts: ({ payload }, taken) => taken.has(String(payload?.['otp'])) },
    fails: ['totp', 'hotp'].flatMap((kind) =>
      ['after-valid', 'replay-other-challenge', 'replay-other-account', 'race-challenges'].map(
        (name) => `${kind}.${name}`,
      ),
    ),
    perhaps: [
      'tries',
      'one-more-try',
      'no-oracle',
      'not-echoed',
      'outside-window',
      'not-newer',
    ].map((name) => `totp.${name}`),
  },
  {
    does: 'does not count the tries',
    only: 'hotp-01',
    breakage: refusing((problem) =>
      'attemptsRemaining' in problem ? { ...problem, attemptsRemaining: 4 } : problem,
    ),
    fails: ['hotp.tries'],
    tags: [],
  },
  {
    does: 'repeats what it refuses',
    only: 'otp-01',
    breakage: refusing((problem, { payload }) =>
      payload?.['otp'] === undefined
        ? problem
        : { ...problem, detail: `"${JSON.stringify(payload['otp'])}" is wrong` },
    ),
    fails: ['otp.no-oracle', 'otp.not-echoed'],
  },
  {
    does: 'lets the signer choose the algorithm',
    only: 'cert-01',
    breakage: { accepts: (seen) => ['none', 'HS256'].includes(String(headerOf(seen)['alg'])) },
    fails: ['cert.alg-none', 'cert.alg-hs256'],
    tags: [],
  },
  {
    does: 'tells why a certificate will not do',
    only: 'cert-01',
    breakage: refusing((problem, seen) => ({
      ...problem,
      ...(String(problem['type']).endsWith(':unauthorized')
        ? { detail: JSON.stringify(headerOf(seen)['x5c']) }
        : {}),
    })),
    fails: ['cert.unusable-one-text'],
  },
  {
    does: 'does without user verification',
    only: 'ppkp-01',
    breakage: { accepts: (seen) => !isVerified(seen) },
    fails: ['passkey.user-not-verified'],
    tags: [],
  },
  {
    does: 'names a parent domain as rpId',
    only: 'ppkp-01',
    breakage: showing((challenge) =>
      'publicKey' in challenge
        ? { ...challenge, publicKey: { ...(challenge['publicKey'] as Json), rpId: 'host' } }
        : challenge,
    ),
    fails: ['passkey.public-key'],
  },
  {
    does: 'registers what it should refuse',
    only: 'registration',
    breakage: {
      change: (answer, { url }) =>
        url.endsWith('/new-credential') && answer.status === 403
          ? { status: 201, body: { type: 'key', id: 'none' } }
          : answer,
    },
    fails: [
      ...['needs-proof', 'key-for-another-account', 'key-by-challenge-proof'],
      ...['key-of-another-proof', 'passkey', 'passkey-other-account', 'passkey-other-challenge'],
      ...['passkey-sibling-origin', 'passkey-other-rp-id'],
    ].map((name) => `registration.${name}`),
  },
  {
    does: 'pre-authorizes what it should refuse',
    only: 'pre-authorization',
    breakage: {
      change: (answer, { url }) =>
        url.endsWith('/new-authz') && answer.status === 403
          ? {
              status: 201,
              body: {
                ...{ status: 'pending', challenges: [] },
                identifier: { type: 'dns', value: 'example.test' },
              },
            }
          : answer,
    },
    fails: ['wildcard', 'unknown-type', 'not-own'].map((name) => `preauthorization.${name}`),
    tags: [],
  },
  {
    does: 'gives short tokens that are all alike',
    only: 'common',
    breakage: showing((challenge) => ({ ...challenge, token: '123456' })),
    fails: ['common.token-alphabet', 'common.token-unique'],
  },
  {
    does: 'locks nothing',
    only: 'totp-01',
    breakage: {
      change: (answer) =>
        answer.status === 429
          ? {
              status: 403,
              body: {
                type: 'urn:ietf:params:acme:error:incorrectResponse',
                attemptsRemaining: 4,
              },
            }
          : answer,
    },
    fails: ['totp.throttle'],
  },
];

describe('a server that', () => {
  for (const { does, only, breakage, fails, perhaps = [], tags = ['deep'] } of [
    ...faults,
    ...approvalFaults,
  ]) {
    it(`${does} fails for that and nothing else`, { tags }, async () => {
      const spoilt = await run(['--only', only], breakage);
      const failed = idsOf(spoilt, 'fail').filter((id) => !perhaps.includes(id));
      expect([...failed].sort(), spoilt.text).toEqual([...fails].sort());
      expect(spoilt.exit).toBe(1);
    });
  }

  it(
    'shows approvers another document than was asked for fails wherever one is looked at',
    { tags: ['deep'] },
    async () => {
      const spoilt = await run(['--only', 'approvals'], otherDocument);
      const failed = idsOf(spoilt, 'fail');
      expect(failed).toEqual(expect.arrayContaining(['approvals.authorization', 'approvals.key']));
      // Nothing is approved by a client that looks.
      expect(failed).toContain('approvals.issued');
    },
  );

  it(
    'offers a proof of control over a domain beside a code fails for that',
    { tags: ['deep'] },
    async () => {
      const besides: Breakage = {
        change: ({ status, body }) => {
          const { challenges } = body as { readonly challenges?: readonly Json[] };
          const [first] = challenges ?? [];
          if (first === undefined) return { status, body };
          const more = { ...first, type: 'dns-01', url: `${String(first['url'])}1` };
          const token = Buffer.from(String(first['token'])).reverse().toString();
          return {
            status,
            body: { ...body, challenges: [...(challenges ?? []), { ...more, token }] },
          };
        },
      };
      const spoilt = await run(['--only', 'common'], besides);
      expect(idsOf(spoilt, 'fail')).toEqual(['common.never-beside-domain-proof']);
    },
  );
});

it('leaves nothing beside its state and its report', () => {
  const left = readdirSync(server.folder).sort();
  expect(left).toEqual(['credentials.json', 'credentials.state.json', 'report.json', 'root.pem']);
});
