import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reached, startProving, World, type Process } from '../testing/enrollment-world.ts';
import { everyNth } from '../testing/made-up.ts';

const deep = { tags: ['deep'] };

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  process = await world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const attempts = () => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });
const refusedCode = {
  code: 'acme-problem',
  problem: { type: 'urn:ietf:params:acme:error:incorrectResponse' },
};

describe('a wrong code', () => {
  it('leaves the order alone, says how many tries are left, and a right one goes on', async () => {
    const { enrollmentId, answer, shown } = await startProving(process);
    await answer(world.wrongCode());
    expect(shown()).toMatchObject({
      status: 'pending',
      lastFailure: { code: 'acme-problem', problem: { attemptsRemaining: 4 } },
    });
    await answer(world.wrongCode());
    expect(shown()).toMatchObject({ lastFailure: { problem: { attemptsRemaining: 3 } } });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(attempts()).toBe(3);
    expect(world.ca.requestLog.count({ resource: 'newOrder' })).toBe(1);
    const events = process.wallet.activity.entries().map(({ event }) => event);
    expect(events.filter((event) => event === 'code-refused')).toHaveLength(2);
  });

  it('too often ends the enrolment with what the CA said, and its key is dropped', async () => {
    const { enrollmentId, answer } = await startProving(process);
    for (let tries = 0; tries < 5; tries += 1) await answer(world.wrongCode());
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({
      at: 'prove',
      failure: { code: 'authorization-failed', problem: { attemptsRemaining: 0 } },
    });
    const keyId = process.wallet.enrollments.find(enrollmentId)?.keyId ?? '';
    await process.enrollments.dismiss(enrollmentId);
    expect(process.wallet.sealedKeys.get(keyId)).toBeNull();
  });
});

describe('what the person types', () => {
  const spellings: readonly [string, (code: string) => string][] = [
    ['with a space in the middle', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['with hyphens', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    [
      'with a dash and white space around',
      (code: string) => `\t${code.slice(0, 2)}–${code.slice(2)}\n`,
    ],
    [
      'in full-width digits',
      (code: string) =>
        code.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    ],
  ];

  it.each(everyNth(3, spellings))('is taken %s', async (_title, typed) => {
    const { enrollmentId, answer } = await startProving(process);
    await answer(typed(world.code()));
    await reached(process, enrollmentId, 'done');
    expect(attempts()).toBe(1);
  });

  it('costs no try when it cannot be a code', async () => {
    const { answer, shown } = await startProving(process);
    const none = ['', '12345', '1234567', '12345678', '123456789', '12345a', 'abcdef', '１２３'];
    for (const typed of none) {
      const refused = { failure: { code: 'invalid-request' } };
      await expect(answer(typed), typed).rejects.toMatchObject(refused);
      expect(attempts(), typed).toBe(0);
      expect(shown()?.lastFailure, typed).toBeUndefined();
    }
  });

  it('costs no try for a challenge that is not there', deep, async () => {
    const { enrollmentId } = await startProving(process);
    const challengeId = `${world.ca.origin}/other`;
    await expect(
      process.enrollments.answer({
        ...{ enrollmentId, challengeId },
        answer: { by: 'code', otp: world.code() },
      }),
    ).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
    expect(attempts()).toBe(0);
  });
});

describe('one action of the person', () => {
  it('is one POST, also when the button is pressed twice', async () => {
    const { enrollmentId, answer } = await startProving(process);
    const first = answer(world.code());
    await expect(answer(world.code())).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    await first;
    await reached(process, enrollmentId, 'done');
    expect(attempts()).toBe(1);
  });

  it('shows that the code is on its way', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
    const sending = reached(process, enrollmentId, 'proving', (state) => state.sending);
    const answered = answer(world.code());
    await held.reached;
    await sending;
    held.release();
    await answered;
    await reached(process, enrollmentId, 'done');
  });

  it('is not repeated when the answer was lost: the authorization says that the code counted', async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'dropAfterActing', resource: 'challenge' });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(attempts()).toBe(1);
  });

  it('is asked for again when the code never arrived', deep, async () => {
    const { enrollmentId, answer, shown } = await startProving(process);
    world.ca.faults.arm({ kind: 'dropBeforeActing', resource: 'challenge' });
    await answer(world.code());
    expect(shown()).toMatchObject({ lastFailure: { code: 'network', reason: 'reset' } });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });

  it('survives bad nonces, for which the CA looks at no code', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'badNonce', times: 3 });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });

  it('is asked for again after more bad nonces than a request is worth', deep, async () => {
    const { enrollmentId, answer, shown } = await startProving(process);
    world.ca.faults.arm({ kind: 'badNonce', resource: 'challenge', times: 4 });
    await answer(world.code());
    expect(shown()).toMatchObject({ lastFailure: { code: 'acme-protocol' } });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });
});

describe('the ways in which a CA refuses', () => {
  it.each(everyNth(2, ['forbidden', 'ok'] as const))(
    'retryable, by answering %s',
    async (style) => {
      const { enrollmentId, answer, shown } = await startProving(process);
      world.ca.faults.arm({ kind: 'retryableRefusal', style });
      await answer(world.code());
      expect(shown()).toMatchObject({ status: 'pending', lastFailure: refusedCode });
      world.advance(60);
      await answer(world.code());
      await reached(process, enrollmentId, 'done');
    },
  );

  it('for good, with subproblems that are shown', async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'invalidWithSubproblems' });
    await answer(world.code());
    const { failure } = await reached(process, enrollmentId, 'failed');
    expect(failure.code).toBe('authorization-failed');
    const problem = failure.code === 'authorization-failed' ? failure.problem : undefined;
    expect(problem?.subproblems.length).toBeGreaterThan(0);
  });

  it('for now, with the time before which trying again is useless', deep, async () => {
    const { enrollmentId, answer, shown } = await startProving(process);
    world.ca.faults.arm({
      kind: 'rateLimited',
      resource: 'challenge',
      retryAfter: { seconds: 120, form: 'seconds' },
    });
    await answer(world.code());
    expect(shown()).toMatchObject({
      lastFailure: {
        code: 'acme-problem',
        problem: { status: 429, retryAt: expect.any(String) as string },
      },
    });
    expect(attempts()).toBe(1);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });

  it('by a lock on the credential that other orders ran into', deep, async () => {
    for (let orders = 0; orders < 2; orders += 1) {
      const { enrollmentId, answer } = await startProving(process);
      for (let tries = 0; tries < 5; tries += 1) await answer(world.wrongCode());
      await reached(process, enrollmentId, 'failed');
    }
    const { answer, shown } = await startProving(process);
    await answer(world.code());
    expect(shown()).toMatchObject({
      status: 'pending',
      lastFailure: { problem: { status: 429, type: 'urn:ietf:params:acme:error:rateLimited' } },
    });
  });
});

describe('challenges out of the ordinary', () => {
  it('stay processing until the CA has made up its mind', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'challengeProcessing', polls: 3 });
    const seen = new Set<string>();
    const unsubscribe = process.enrollments.subscribe((state) => {
      if (state.step !== 'proving') return;
      state.authorizations.forEach((each) => seen.add(String(each.challenges[0]?.status)));
    });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    unsubscribe();
    // The person is told that the answer is there, and that it is not for them to wait.
    expect([...seen]).toEqual(['pending', 'processing']);
    expect(attempts()).toBe(1);
  });

  it('of unknown types are shown as such beside the known one', async () => {
    world.ca.faults.arm({ kind: 'unknownChallenges' });
    const { enrollmentId, answer, state } = await startProving(process);
    const challenges = state.authorizations[0]?.challenges ?? [];
    expect(challenges.length).toBeGreaterThan(1);
    expect(challenges.filter(({ kind }) => kind === 'code')).toMatchObject([{ type: 'totp-01' }]);
    const unknown = challenges.find(({ kind }) => kind === 'unsupported');
    await expect(
      process.enrollments.answer({
        enrollmentId,
        challengeId: unknown?.challengeId ?? '',
        answer: { by: 'code', otp: world.code() },
      }),
    ).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });

  it('with digits for a token are warned about, and those digits are never sent', async () => {
    world.ca.faults.arm({ kind: 'literalTotp' });
    const { enrollmentId, answer, shown, challengeId } = await startProving(process);
    expect(shown()).toMatchObject({ warning: 'token-is-not-random' });
    expect(JSON.stringify(shown())).not.toMatch(/"\d{6}"/);
    const client = await tokenOf(challengeId);
    await expect(answer(client)).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
    expect(attempts()).toBe(0);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });

  it.each(['tokenWithSpaces', 'sharedToken'] as const)(
    '%s: the code works all the same',
    deep,
    async (kind) => {
      world.ca.faults.arm({ kind });
      const { enrollmentId, answer, shown } = await startProving(process);
      expect(shown()).not.toHaveProperty('warning');
      await answer(world.code());
      await reached(process, enrollmentId, 'done');
    },
  );

  it('none at all: an authorization that is valid already asks for nothing', async () => {
    world.ca.faults.arm({ kind: 'validAuthorization' });
    const { enrollmentId } = await process.enrollments.start({
      organizationId: 'org.example',
      offerId: 'wifi',
    });
    await reached(process, enrollmentId, 'done');
    expect(attempts()).toBe(0);
  });

  it('in one authorization of two, the other being valid', deep, async () => {
    world.ca.faults.arm({ kind: 'extraAuthorization' });
    const { enrollmentId, answer, state } = await startProving(process);
    expect(state.authorizations.map(({ status }) => status).sort()).toEqual(['pending', 'valid']);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  });
});

/** What the CA put into the token of a challenge, asked for as the wallet would. */
async function tokenOf(challengeUrl: string): Promise<string> {
  const { AcmeClient } = await import('../acme/client.ts');
  const account = process.wallet.accounts.find('org.example', world.ca.directoryUrl);
  const client = await AcmeClient.connect({
    http: world.http,
    directoryUrl: world.ca.directoryUrl,
    signer: await process.keys.signer(account?.keyId ?? ''),
    accountUrl: account?.accountUrl ?? '',
  });
  world.ca.requestLog.clear();
  const { token } = await client.challenges.fetch(challengeUrl);
  world.ca.requestLog.clear();
  return token ?? '';
}
