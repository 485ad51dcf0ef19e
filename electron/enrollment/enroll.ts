import type { Failure } from '../../shared/failure.ts';
import type { InstallResult } from '../../shared/models/credential.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { Order } from '../acme/order.ts';
import { loginOwner } from '../credentials/key-use.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import { ensureAccount } from './account.ts';
import { certificateRoom } from './certificate-room.ts';
import { issue } from './issue.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { makeKey } from './key.ts';
import { ensureOrder } from './order.ts';
import { failureOf, isFinal } from './outcome.ts';
import { ownCodesOf } from './own-codes.ts';
import { passkeyRoom } from './passkey-room.ts';
import { preflight } from './preflight.ts';
import { proofOf } from './proof-use.ts';
import { prove } from './prove.ts';
import { Proving } from './proving.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';
import { CancelledError, ClosedError } from './stop-reason.ts';
import { withdraw } from './withdraw.ts';

/**
 * One enrolment in the order of RFC 8555 §7.1, from wherever its journal says it stopped. Never rejects: how it
 * ended is in the run's state.
 */
export async function enroll(run: Run, rooms: Rooms): Promise<void> {
  let client: AcmeClient | undefined;
  try {
    if (run.record.state !== 'needs-installation') {
      const connected = await run.step('preflight', () => preflight(run, rooms));
      client = connected;
      await run.step('key', () => makeKey(run, rooms));
      await run.step('account', () => account(run, rooms, connected));
      const placed = await run.step('order', () => ensureOrder(run, rooms, connected));
      const proven = await run.step('prove', () => awaitProof(run, rooms, connected, placed));
      await run.step('issue', () => issue(run, rooms, connected, proven));
    }
    await run.step('install', () => install(run, rooms));
    run.end('done');
  } catch (error) {
    stop(run, rooms, error);
  } finally {
    run.proving = undefined;
    await withdraw(run, rooms, client);
    await abandon(run, rooms);
    await rest(run, rooms);
  }
}

/** No login is held longer than the enrolment that it was for, whatever is left of its key. */
async function rest({ record }: Run, { keys, report }: Rooms): Promise<void> {
  try {
    await keys.rest(loginOwner(record.plan.organizationId, record.credentialId));
  } catch (error) {
    report('logging out of a token', error);
  }
}

async function account(run: Run, rooms: Rooms, client: AcmeClient): Promise<void> {
  await ensureAccount(run.account, rooms, client);
  if (run.record.state === 'needs-account') run.journal('needs-order');
}

async function awaitProof(
  run: Run,
  rooms: Rooms,
  client: AcmeClient,
  order: Order,
): Promise<Order> {
  const { clock, toFailure, lookAtRecord, candidates } = rooms;
  const { directoryUrl } = run.record.plan;
  const proving = new Proving({
    ...{ run, order, toFailure },
    rooms: {
      ...{ client, clock, lookAtRecord, sightings: new Map(), expires: order.expires },
      certificates: certificateRoom(() => proofOf(run), rooms, candidates),
      passkeys: passkeyRoom({ proof: () => proofOf(run), directoryUrl }, rooms),
      ownCodes: ownCodesOf(run, rooms),
    },
  });
  run.proving = proving;
  try {
    return await prove({ run, client, order, proving, clock });
  } finally {
    run.proving = undefined;
  }
}

/** One target that refuses leaves the others installed: partial success is success with a note. */
async function install(run: Run, { installer }: Rooms): Promise<void> {
  const { credentialId, plan } = run.record;
  // What an earlier run failed to install, or was at when it stopped, is tried again.
  let results = installedOf(run.record);
  for (const target of plan.targets) {
    run.signal.throwIfAborted();
    if (results.some((result) => result.target === target)) continue;
    const settled = installer.settled(credentialId, target);
    if (settled !== undefined) {
      results = [...results, { target, status: 'installed', installation: settled }];
      continue;
    }
    run.journalResults([...results, { target, status: 'working' }]);
    const result = await installer.tryInstall(credentialId, target, run.context);
    if (run.isUnattended && waitsForSomebody(result)) {
      run.journalResults(results);
      throw new EnrollmentError(result.failure, 'installing with nobody there');
    }
    results = [...results, result];
    run.journalResults(results);
  }
  run.journalResults(results);
}

/** What was begun there is undone, once nobody wants it any more. */
async function abandon({ record, signal }: Run, { installer, report }: Rooms): Promise<void> {
  if (record.state !== 'done' || !(signal.reason instanceof CancelledError)) return;
  try {
    await installer.abandon(record.credentialId);
  } catch (error) {
    report('undoing an installation', error);
  }
}

/** Whoever goes on with it will be asked. */
function waitsForSomebody(result: InstallResult): result is InstallResult & { status: 'failed' } {
  if (result.status !== 'failed') return false;
  const { failure } = result;
  if (failure.code === 'install') return failure.reason === 'administrator-needed';
  return failure.code === 'token' && failure.reason === 'pin-needed';
}

function installedOf({ results = [] }: EnrollmentRecord): readonly InstallResult[] {
  return results.filter(({ status }) => status === 'installed');
}

function stop(run: Run, { toFailure }: Rooms, error: unknown): void {
  const reason: unknown = run.signal.aborted ? run.signal.reason : error;
  try {
    if (reason instanceof ClosedError) run.interrupt();
    else if (reason instanceof CancelledError) cancel(run);
    else fail(run, reason, failureOf(reason, toFailure));
  } catch (journalError) {
    run.interrupt(toFailure(journalError));
  }
}

function fail(run: Run, error: unknown, failure: Failure): void {
  // What cannot even be begun is not lost by it: much may be journalled already.
  const isBegun = run.activeStep !== 'preflight';
  if (isBegun && isFinal(error, failure)) run.end('failed', { failure });
  else run.interrupt(failure);
}

/** What was issued stays: from then on only the installation can be cancelled. */
function cancel(run: Run): void {
  const { state, plan } = run.record;
  if (state !== 'needs-installation') {
    run.end('cancelled');
    return;
  }
  const failure: Failure = { code: 'cancelled' };
  const settled = (run.record.results ?? []).filter(({ status }) => status !== 'working');
  const missing = plan.targets.filter((target) => !settled.some((each) => each.target === target));
  const cancelled = missing.map((target) => ({ target, status: 'failed' as const, failure }));
  run.end('done', { results: [...settled, ...cancelled] });
}
