import type { Handlers } from '../../shared/ipc-contract.ts';
import type { ApprovalRequest, ApprovalsView } from '../../shared/models/approval.ts';
import type { PasskeyWay } from '../../shared/enrollment-state.ts';
import type { AcmeClient } from '../acme/client.ts';
import { requestLink } from '../enrollment/request-link.ts';
import { readLog, type LogEntry } from './approval-log.ts';
import { isApprovalLink, organizationOf, parseApprovalLink } from './approval-link.ts';
import type { ApprovalNews, ApprovalRooms } from './approval-rooms.ts';
import { ApproverAccounts } from './approver-account.ts';
import { authorizationFor, Decisions, lostTo } from './decisions.ts';
import { Inbox } from './inbox.ts';
import { lookAt, summaryOf, type LookedAt } from './looked-at.ts';
import { waysToApprove } from './proof.ts';
import { Receipts } from './receipts.ts';
import { propose } from './standing.ts';
import { UnderWay } from './under-way.ts';

/** Milliseconds that a request waits for what tokens hold. */
const firstLook = 3_000;

type Asked<Entry extends keyof Handlers['approval']> = Parameters<Handlers['approval'][Entry]>[0];
type Given<Entry extends keyof Handlers['approval']> = ReturnType<Handlers['approval'][Entry]>;

/** What this person approves for others, at every organisation that asks for it (docs/approvals.md). */
export class Approvals {
  readonly #rooms: ApprovalRooms;
  readonly #accounts: ApproverAccounts;
  readonly #receipts: Receipts;
  readonly #decisions: Decisions;
  readonly #inbox: Inbox;
  readonly #underWay: UnderWay;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #newsListeners = new Set<(news: ApprovalNews) => void>();
  /** What a link led to, or why it led nowhere. */
  #link: Pick<ApprovalsView, 'asked' | 'linkFailure'> = { asked: null, linkFailure: null };
  /** Ends the look at tokens, for whoever may approve by a certificate. */
  #leaveTokens: (() => void) | undefined;

  constructor(rooms: ApprovalRooms) {
    this.#rooms = rooms;
    const { signal: closing } = this.#closing;
    this.#accounts = new ApproverAccounts(rooms);
    this.#receipts = new Receipts(rooms);
    this.#decisions = new Decisions(rooms, this.#receipts);
    this.#underWay = new UnderWay(closing);
    this.#inbox = new Inbox({
      ...{ rooms, accounts: this.#accounts, receipts: this.#receipts, closing },
      changed: () => this.#changed(),
      news: (news) => {
        for (const listener of this.#newsListeners) listener(news);
      },
    });
  }

  get view(): ApprovalsView {
    return { ...this.#inbox.view(), ...this.#link, receipts: this.#receipts.list() };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears of requests that may be decided, once of each. */
  onNews(listener: (news: ApprovalNews) => void): () => void {
    this.#newsListeners.add(listener);
    return () => this.#newsListeners.delete(listener);
  }

  watch(): Promise<void> {
    return this.#inbox.watch();
  }

  refresh(): Promise<void> {
    return this.#inbox.look({ attended: true });
  }

  /** A request as it is now. Where it may be decided, the CA is asked by which challenges. */
  async open({ organizationId, approvalId }: Asked<'open'>): Given<'open'> {
    return this.#with(organizationId, async (client, signal) => {
      const looked = await lookAt(client, approvalId, signal);
      this.#inbox.learn(organizationId, looked);
      const { document, digest, resource } = looked;
      const summary = summaryOf(looked, organizationId, this.#receipts.idsOf(organizationId));
      const isOpen = resource.status === 'pending' && resource.mayDecide;
      const ways = isOpen ? await this.#ways(organizationId, client, looked) : { challenges: [] };
      const from = this.#rooms.organizations.find(organizationId)?.profile.directory ?? '';
      const link = requestLink({ from, approval: approvalId });
      return { ...summary, document, digest, link, ...ways } satisfies ApprovalRequest;
    });
  }

  /** Whether a link is of the kind that `openLink` follows; invitations are not. */
  takesLink(link: string): boolean {
    return isApprovalLink(link);
  }

  /** Follows `countersign://approve?…` or the same query on a page of the CA. Whatever comes of it is in the view. */
  openLink(link: string): void {
    try {
      const { approval, from } = parseApprovalLink(link);
      const joined = this.#rooms.organizations
        .list()
        .map(({ id, profile: { directory } }) => ({ id, directory }));
      const { id: organizationId } = organizationOf({ approval, from }, joined);
      this.#link = { asked: { organizationId, approvalId: approval }, linkFailure: null };
    } catch (error) {
      this.#link = { asked: null, linkFailure: this.#rooms.toFailure(error) };
    }
    this.#changed();
  }

  dismissAsked(): void {
    this.#link = { asked: null, linkFailure: null };
    this.#changed();
  }

  async approve(decision: Asked<'approve'>): Given<'approve'> {
    const { answer, challengeId } = decision;
    const way =
      answer.by === 'passkey' ? { challengeUrl: challengeId, way: answer.way } : undefined;
    return this.#decide(decision, way, (client, stopping) =>
      this.#decisions.approve(decision, {
        ...{ client, stopping, closing: this.#closing.signal, underWay: way },
      }),
    );
  }

  /** Resolves when nothing is under way for the request any more. */
  stopApproving({ organizationId, approvalId }: Asked<'stopApproving'>): Promise<void> {
    return this.#underWay.stop(organizationId, approvalId);
  }

  async decline(decision: Asked<'decline'>): Given<'decline'> {
    return this.#decide(decision, undefined, (client, stopping) =>
      this.#decisions.decline(decision, { client, stopping, closing: this.#closing.signal }),
    );
  }

  async message({ organizationId, approvalId, text }: Asked<'message'>): Promise<void> {
    await this.#with(organizationId, async (client, signal) => {
      await client.approvals.message(approvalId, text, signal);
      const looked = await lookAt(client, approvalId, signal);
      this.#note(organizationId, 'approval-question', looked);
    });
  }

  /** The proposer approves it like any other request, and first. */
  async propose(proposal: Asked<'propose'>): Given<'propose'> {
    const { organizationId } = proposal;
    return this.#with(organizationId, async (client, signal) => {
      const looked = await propose(client, proposal, signal);
      this.#note(organizationId, 'standing-proposed', looked);
      this.#lookSoon();
      return { approvalId: looked.url };
    });
  }

  async withdraw({ organizationId, approvalId, reason }: Asked<'withdraw'>): Promise<void> {
    await this.#with(organizationId, async (client, signal) => {
      try {
        await client.approvals.withdraw(approvalId, reason, signal);
      } catch (error) {
        throw lostTo(await lookAt(client, approvalId, signal), error);
      }
      const looked = await lookAt(client, approvalId, signal);
      this.#note(organizationId, 'approval-withdrawn', looked);
    });
  }

  /** The whole log of an organisation's CA, oldest first, as its auditor may read it. */
  log(organizationId: string): Promise<readonly LogEntry[]> {
    return this.#with(organizationId, (client, signal) => readLog(client, signal));
  }

  /** Of all receipts that are kept of an organisation, those that the view has no room for as well. */
  receiptIds(organizationId: string): readonly string[] {
    return [...this.#rooms.wallet.approvals.ids(organizationId).values()];
  }

  /** DER of a CMS SignedData. */
  receiptFile(receiptId: string): Uint8Array {
    return this.#receipts.file(receiptId);
  }

  /** Resolves when nobody looks any more. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#newsListeners.clear();
    this.#leaveTokens?.();
    this.#closing.abort(new DOMException('the wallet is being closed', 'AbortError'));
    await this.#inbox.idle();
  }

  async #ways(organizationId: string, client: AcmeClient, looked: LookedAt) {
    const { signal } = this.#closing;
    const authorization = await authorizationFor(client, looked, signal);
    if (authorization.challenges.some(({ type }) => type === 'cert-01')) await this.#followTokens();
    const underWay = this.#underWay.wayOf(organizationId, looked.url);
    const of = { organizationId, client, looked, authorization, underWay };
    return waysToApprove(of, this.#rooms);
  }

  /**
   * Tokens come and go, and their modules are started for nobody who has no use for them. What is on them is waited for a
   * while: who shows the request asks again when another token is there, and not when it was read.
   */
  async #followTokens(): Promise<void> {
    const { clock, candidates } = this.#rooms;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    if (this.#leaveTokens === undefined) {
      this.#leaveTokens = candidates.follow(() => {
        resolve(undefined);
        this.#changed();
      });
    } else resolve(undefined);
    const read = promise.then(() => candidates.settled());
    const enough = new AbortController();
    const either = AbortSignal.any([enough.signal, this.#closing.signal]);
    await Promise.race([read, clock.sleep(firstLook, either)]);
    enough.abort();
  }

  #decide<T>(
    { organizationId, approvalId }: Asked<'stopApproving'>,
    way: { readonly challengeUrl: string; readonly way: PasskeyWay } | undefined,
    decide: (client: AcmeClient, stopping: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#underWay.during({ organizationId, approvalId, way }, async (stopping) => {
      this.#changed();
      try {
        return await this.#with(organizationId, (client) => decide(client, stopping), stopping);
      } finally {
        this.#lookSoon();
      }
    });
  }

  async #with<T>(
    organizationId: string,
    work: (client: AcmeClient, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal = this.#closing.signal,
  ): Promise<T> {
    try {
      return await work(await this.#accounts.connect(organizationId, { signal }), signal);
    } finally {
      await this.#accounts.rest(organizationId);
    }
  }

  #lookSoon(): void {
    if (this.#closing.signal.aborted) return;
    this.#inbox.look().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#rooms.report('looking for requests', error);
    });
  }

  #note(
    organizationId: string,
    event: 'approval-question' | 'standing-proposed' | 'approval-withdrawn',
    looked: LookedAt,
  ): void {
    const detail = looked.document.profile;
    this.#rooms.wallet.activity.append({ event, organizationId, detail });
    this.#inbox.learn(organizationId, looked);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
