import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { approvedOffer, Approvers } from '../testing/approved-orders.ts';
import { commandIn } from '../testing/command-in-process.ts';
import { organizationId, World } from '../testing/enrollment-world.ts';
import { AwaitingApproval } from './awaiting-approval.ts';
import { readCommandLine, type EnrollCommand } from './command-line.ts';
import { enroll } from './enroll.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let approvers: Approvers;

beforeEach(async () => {
  world = await World.start();
  approvers = await Approvers.of(world);
  await world.kill(await world.joined(approvedOffer));
});

afterEach(async () => {
  approvers.stop();
  await world.stop();
});

function enrolling(...words: readonly string[]) {
  const { rooms, ...inside } = commandIn(world);
  const line = ['enroll', '--install', 'none', ...words];
  const command = readCommandLine(
    words[0] === '--resume' ? ['enroll', ...words] : line,
  ) as EnrollCommand;
  const ended = enroll(command, rooms);
  ended.catch(() => undefined);
  return { ...inside, ended };
}

const offer = ['--organization', organizationId, '--offer', 'wifi'];

interface Event {
  readonly event: string;
  readonly enrollmentId: string;
  readonly approval: string;
}

const events = ({ error }: { readonly error: string }, wanted: string): readonly Event[] =>
  error
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event)
    .filter(({ event }) => event === wanted);

function first(said: { readonly error: string }, wanted: string): Event {
  const [found] = events(said, wanted);
  if (found === undefined) throw new Error(`it never said ${wanted}`);
  return found;
}

describe('enrolling for what others have to approve', () => {
  it('says who has approved and who is missing, each time that changes, and ends with the certificate', async () => {
    const { said, ended } = enrolling(...offer, '--reason', 'Release 4.2');
    const waits = () => events(said, 'awaiting-approval');
    await expect.poll(waits).toHaveLength(1);
    const approval = waits()[0]?.approval ?? '';
    await approvers.approveBy(approvers.kim, approval);
    await expect.poll(waits).toHaveLength(2);
    const named = (name: string) => ({ name: `${name} Example` });
    expect(waits()).toMatchObject([
      { required: 2, approved: [], missing: [named('Kim'), named('Robin')] },
      { required: 2, approved: [named('Kim')], missing: [named('Robin')] },
    ]);
    await approvers.approveBy(approvers.robin, approval);
    expect(await ended).toBe('done');
    expect(JSON.parse(said.out)).toMatchObject({ subject: 'corp.example' });
  });

  it('leaves it waiting where it is not to be waited for, and goes on later', async () => {
    const begun = enrolling(...offer, '--no-wait');
    expect(await begun.ended).toBe('waiting');
    const { enrollmentId } = first(begun.said, 'left-waiting');
    const { approval } = first(begun.said, 'awaiting-approval');
    const second = enrolling('--resume', enrollmentId, '--no-wait');
    expect(await second.ended).toBe('waiting');
    expect((await approvers.read(approval)).status).toBe('pending');
    await approvers.approve(approval);
    expect(await enrolling('--resume', enrollmentId).ended).toBe('done');
  });

  it('ends with who declined and why', async () => {
    const { said, ended } = enrolling(...offer);
    await expect.poll(() => events(said, 'awaiting-approval')).toHaveLength(1);
    const { approval } = first(said, 'awaiting-approval');
    await approvers.decline(approval, 'Not before the audit');
    await expect(ended).rejects.toMatchObject({
      outcome: 'not-approved',
      message: expect.stringContaining(
        '(Kim Example (kim@corp.example): Not before the audit)',
      ) as string,
    });
  });

  it('withdraws the request by Ctrl+C', async () => {
    const { said, stop, ended } = enrolling(...offer);
    await expect.poll(() => events(said, 'awaiting-approval')).toHaveLength(1);
    const { approval } = first(said, 'awaiting-approval');
    stop.abort();
    expect(await ended).toBe('cancelled');
    expect((await approvers.read(approval)).status).toBe('withdrawn');
  });
});

it('asks nobody to wait for others who has something to prove first', () => {
  const { rooms, said } = commandIn(world);
  const identifier = { type: 'dns', value: 'corp.example' } as const;
  const challenges: readonly never[] = [];
  const approval = {
    ...{ approvalId: 'https://ca.test/approval/1', required: 1 },
    status: 'pending',
    ...{ decisions: [], approvers: [], messages: [] },
    ...{ expires: '2026-12-01T00:00:00Z', link: 'countersign://approve?from=a&approval=b' },
  } as const;
  const others = {
    ...{ authorizationId: '1', identifier, challenges, approval },
    status: 'pending',
  } as const;
  const own = { authorizationId: '2', identifier, challenges } as const;
  const awaiting = new AwaitingApproval(rooms.output);
  const tell = (status: 'pending' | 'valid'): void => {
    awaiting.tell({ enrollmentId: '1', authorizations: [{ ...own, status }, others] });
  };
  tell('pending');
  expect(said.error).toBe('');
  tell('valid');
  expect(events(said, 'awaiting-approval')).toHaveLength(1);
});
