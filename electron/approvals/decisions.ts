import type { ApprovalReceipt } from '../../shared/models/approval.ts';
import type { PasskeyWay } from '../../shared/enrollment-state.ts';
import type { Handlers } from '../../shared/ipc-contract.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { JsonObject } from '../acme/json.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmeOutcomeUnknown, AcmePollDeadline } from '../acme/protocol-error.ts';
import { showChallenge } from '../enrollment/authorization-view.ts';
import { notAnAnswer, type Asked } from '../enrollment/challenges/challenge-type.ts';
import { challengeType } from '../enrollment/challenges/challenge-types.ts';
import { isDecided, isNoticed } from '../enrollment/judgement.ts';
import { ApprovalError } from './approval-error.ts';
import type { ApprovalRooms } from './approval-rooms.ts';
import {
  lookAt,
  refusal,
  requireAbout,
  requireOpen,
  requireSame,
  type LookedAt,
} from './looked-at.ts';
import { proofRooms } from './proof.ts';
import type { MadeDecision, Receipts } from './receipts.ts';

export type Approving = Parameters<Handlers['approval']['approve']>[0];
export type Declining = Parameters<Handlers['approval']['decline']>[0];

export interface DecisionWork {
  readonly client: AcmeClient;
  /** Aborted when the person stops it, or the wallet is closed: until something was sent. */
  readonly stopping: AbortSignal;
  /** Aborted when the wallet is closed. */
  readonly closing: AbortSignal;
  readonly underWay?: { readonly challengeUrl: string; readonly way: PasskeyWay } | undefined;
}

/** Milliseconds that a CA may leave an answer unnoticed which it accepted. */
const patience = 15_000;

/** Decisions of this person about requests of others (docs/approvals.md §4, §5). */
export class Decisions {
  readonly #rooms: ApprovalRooms;
  readonly #receipts: Receipts;

  constructor(rooms: ApprovalRooms, receipts: Receipts) {
    this.#rooms = rooms;
    this.#receipts = receipts;
  }

  /** At most one response to a challenge. What was read is compared with what the CA has now and with what is signed. */
  async approve(approving: Approving, work: DecisionWork): Promise<ApprovalReceipt> {
    const { approvalId, digest, challengeId } = approving;
    const { client, stopping, closing } = work;
    const looked = await lookAt(client, approvalId, stopping);
    requireSame(looked, digest);
    requireOpen(looked);
    const made = await explained(looked, work, async () => {
      const authorization = await authorizationFor(client, looked, stopping);
      const challenge = authorization.challenges.find(({ url }) => url === challengeId);
      // The CA has another one for it by now: it is shown first.
      if (challenge === undefined) throw refusal('changed', 'finding the challenge');
      const asked = { authorization, challenge };
      const response = await this.#sign(asked, approving, { ...work, looked });
      await deliver(asked, response, { client, closing, now: () => this.#rooms.clock.now() });
      return { decision: 'approve', response, token: challenge.token } as const;
    });
    return this.#record({ ...approving, client, closing }, looked, made);
  }

  async decline(declining: Declining, work: DecisionWork): Promise<ApprovalReceipt> {
    const { approvalId, digest, reason } = declining;
    const { client, stopping, closing } = work;
    const looked = await lookAt(client, approvalId, stopping);
    requireSame(looked, digest);
    requireOpen(looked);
    stopping.throwIfAborted();
    await explained(looked, work, async () => {
      try {
        await client.approvals.decline(approvalId, { digest, reason }, closing);
      } catch (error) {
        if (!(error instanceof AcmeOutcomeUnknown)) throw error;
        const { resource } = await lookAt(client, approvalId, closing);
        // It may have arrived all the same: then its receipt tells.
        if (resource.status !== 'declined') throw error;
      }
    });
    return this.#record({ ...declining, client, closing }, looked, { decision: 'decline', reason });
  }

  /** The person's yes, signed: nothing was sent before this resolves. */
  async #sign(
    asked: Asked,
    { organizationId, answer }: Approving,
    { client, stopping: signal, underWay, looked }: DecisionWork & { readonly looked: LookedAt },
  ): Promise<JsonObject> {
    const { authorization, challenge } = asked;
    const of = { organizationId, client, looked, authorization, underWay };
    const rooms = proofRooms(of, this.#rooms);
    const isOpen = authorization.status === 'pending' && challenge.status === 'pending';
    if (!isOpen || showChallenge(asked, rooms).kind === 'unsupported') throw notAnAnswer();
    const response = await challengeType(challenge.type)?.respond(asked, answer, { rooms, signal });
    signal.throwIfAborted();
    if (response === undefined) throw notAnAnswer();
    return response;
  }

  async #record(place: Place, looked: LookedAt, made: MadeDecision): Promise<ApprovalReceipt> {
    const { organizationId, client, closing: signal } = place;
    const { activity } = this.#rooms.wallet;
    const event = made.decision === 'approve' ? 'approved' : 'declined';
    // It was decided, whatever the receipt is worth, and whenever it comes.
    activity.append({ event, organizationId, detail: looked.document.profile });
    const latest = await afterwards(looked, place);
    return this.#receipts.take({ organizationId, client, signal }, latest, made);
  }
}

/** A request that has become another one has no receipt that is ours. */
async function afterwards(looked: LookedAt, { client, closing }: Place): Promise<LookedAt> {
  try {
    const latest = await lookAt(client, looked.url, closing);
    requireSame(latest, looked.digest);
    return latest;
  } catch (error) {
    if (!(error instanceof ApprovalError)) throw error;
    throw refusal('receipt', 'looking for a receipt', error);
  }
}

/** Does what the CA may refuse: what became of the request meanwhile says more than its refusal. */
async function explained<T>(
  { url }: LookedAt,
  { client, closing }: DecisionWork,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isRefused = error instanceof AcmeProblem && error.status < 500;
    if (!isRefused) throw error;
    const found = await lookAt(client, url, closing).then(
      (latest) => lostTo(latest, error),
      // Whoever is no party any more is told of no such request.
      (instead: unknown) => (instead instanceof ApprovalError ? instead : error),
    );
    throw found;
  }
}

interface Place extends Pick<DecisionWork, 'client' | 'closing'> {
  readonly organizationId: string;
}

/** The account's own authorization for a request; an error where it is about anything else. */
export async function authorizationFor(
  client: AcmeClient,
  looked: LookedAt,
  signal: AbortSignal,
): Promise<Authorization> {
  const { url, document } = looked;
  const [first] = document.identifiers;
  if (first === undefined) throw refusal('changed', 'asking for an authorization');
  const authorization = await client.approvals.authorize(first, { approval: url }, signal);
  return requireAbout(authorization, looked);
}

interface DeliveryOf extends Pick<DecisionWork, 'client' | 'closing'> {
  readonly now: () => Date;
}

/** One POST. The status of the authorization decides, not how the POST ended: the answer may have been lost. */
async function deliver(
  { authorization, challenge }: Asked,
  response: JsonObject,
  { client, closing, now }: DeliveryOf,
): Promise<void> {
  const refused = await client.challenges.respond(challenge.url, response, closing).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  closing.throwIfAborted();
  if (refused === undefined) await untilNoticed();
  const settled = (latest: Authorization): boolean => isDecided(latest, challenge.url);
  const latest = await client.authorizations.poll(authorization.url, { settled }, closing);
  if (latest.status === 'valid') return;
  if (refused !== undefined) throw refused.error;
  const problem = latest.challenges.find(({ url }) => url === challenge.url)?.error;
  const failure = { code: 'authorization-failed', ...(problem && { problem }) } as const;
  throw new ApprovalError(failure, 'approving a request');

  /** Servers leave a challenge `pending` while they look at the answer that they accepted. */
  async function untilNoticed(): Promise<void> {
    const isSeen = (each: Authorization): boolean => isNoticed(each, challenge.url);
    const deadline = new Date(now().getTime() + patience);
    try {
      await client.authorizations.poll(authorization.url, { settled: isSeen, deadline }, closing);
    } catch (error) {
      if (!(error instanceof AcmePollDeadline)) throw error;
    }
  }
}

/** Somebody was quicker, or the CA thinks otherwise of who may decide: that says more than its refusal. */
export function lostTo({ resource }: LookedAt, error: unknown): unknown {
  if (!(error instanceof AcmeProblem) || error.status >= 500) return error;
  if (resource.status !== 'pending') return refusal('over', 'deciding about a request', error);
  return resource.mayDecide ? error : refusal('not-permitted', 'deciding about a request', error);
}
