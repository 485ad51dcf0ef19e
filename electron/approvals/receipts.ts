import type { ApprovalReceipt } from '../../shared/models/approval.ts';
import type { JsonObject } from '../acme/json.ts';
import type { AcmeClient } from '../acme/client.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import { rootsOf } from '../organizations/directory-roots.ts';
import { ApprovalError } from './approval-error.ts';
import type { ApprovalRooms } from './approval-rooms.ts';
import { refusal, type LookedAt } from './looked-at.ts';
import { checkReceipt } from './receipt.ts';
import type { ReceiptContent } from './receipt-content.ts';

/** A decision that this wallet has just made. */
export interface MadeDecision {
  readonly decision: 'approve' | 'decline';
  /** What was sent to the challenge. */
  readonly response?: JsonObject;
  readonly token?: string | undefined;
  /** Of a decline. */
  readonly reason?: string;
}

interface Place {
  readonly organizationId: string;
  readonly client: AcmeClient;
  readonly signal: AbortSignal;
}

/** Receipts of decisions: fetched, verified, and kept when they hold. */
export class Receipts {
  readonly #rooms: ApprovalRooms;

  constructor(rooms: ApprovalRooms) {
    this.#rooms = rooms;
  }

  list(): readonly ApprovalReceipt[] {
    return this.#rooms.wallet.approvals
      .receipts()
      .map(({ receiptUrl: _url, ...receipt }) => receipt);
  }

  /** The id of the receipt that is kept from that address. */
  idsOf(organizationId: string): (receiptUrl: string) => string | undefined {
    const ids = this.#rooms.wallet.approvals.ids(organizationId);
    return (receiptUrl) => ids.get(receiptUrl);
  }

  /** The receipt of a decision that was just made; throws `ApprovalError` `receipt` where there is none that holds. */
  async take(place: Place, latest: LookedAt, made: MadeDecision): Promise<ApprovalReceipt> {
    const { thumbprint } = place.client;
    const isOurs = (content: ReceiptContent): boolean =>
      content.by.account === thumbprint &&
      content.digest === latest.digest &&
      isOfDecision(content, made);
    const candidates = latest.resource.decisions.filter(
      ({ decision }) => decision === made.decision,
    );
    for (const { receipt } of candidates) {
      const kept = await this.#verify(place, { latest, receipt, isOurs }).catch(unlessRefused);
      if (kept !== undefined) return kept;
    }
    this.#refused(place.organizationId, latest);
    throw refusal('receipt', 'verifying a receipt');
  }

  /** Those of others' decisions, and of decisions whose receipt did not come in time. Each that does not hold is told of once. */
  async collect(place: Place, latest: LookedAt): Promise<void> {
    const { organizationId } = place;
    const { approvals } = this.#rooms.wallet;
    const keptId = this.idsOf(organizationId);
    for (const { receipt, decision, by } of latest.resource.decisions) {
      if (keptId(receipt) !== undefined || approvals.wasTold(organizationId, receipt)) continue;
      const isOurs = (content: ReceiptContent): boolean =>
        content.decision === decision && content.by.email === by.email;
      try {
        if ((await this.#verify(place, { latest, receipt, isOurs })) !== undefined) continue;
        this.#refused(organizationId, latest);
      } catch (error) {
        // Not everybody may read everybody's.
        if (!isRefusal(error)) throw error;
      }
      approvals.isNews(organizationId, receipt);
    }
  }

  /** DER of a CMS SignedData. */
  file(receiptId: string): Uint8Array {
    const found = this.#rooms.wallet.approvals.file(receiptId);
    if (found !== undefined) return found;
    throw new ApprovalError({ code: 'not-found' }, 'finding a receipt');
  }

  /** Undefined of one that does not hold, or is of another request. */
  async #verify(
    { organizationId, client, signal }: Place,
    { latest, receipt, isOurs }: Sought,
  ): Promise<ApprovalReceipt | undefined> {
    const { wallet, organizations, randomUuid, trustedRoots } = this.#rooms;
    const profile = organizations.find(organizationId)?.profile;
    if (profile === undefined) return undefined;
    const cms = await this.#fetch(client, receipt, signal);
    if (cms === undefined) return undefined;
    const { found, content } = checkReceipt(cms, {
      roots: rootsOf(profile) ?? trustedRoots(),
      directory: profile.directory,
      isOurs: (content) => content.digest === latest.digest && isOurs(content),
    });
    if (found === undefined) return undefined;
    const { url: approvalUrl } = latest;
    const id = randomUuid();
    const isOwn = content?.by.account === client.thumbprint;
    wallet.approvals.keep({
      ...{ id, organizationId, approvalUrl, isOwn, found, cms },
      receiptUrl: receipt,
    });
    // Whoever looks at the list may have kept it first.
    const receiptId = this.idsOf(organizationId)(receipt) ?? id;
    return { ...found, isOwn, receiptId, organizationId, approvalId: approvalUrl };
  }

  /** What is no receipt at all is one that does not hold; a network that is away says nothing about it. */
  async #fetch(client: AcmeClient, url: string, signal: AbortSignal): Promise<Buffer | undefined> {
    try {
      return await client.approvals.receipt(url, signal);
    } catch (error) {
      if (error instanceof AcmeProtocolError) return undefined;
      throw error;
    }
  }

  #refused(organizationId: string, { document }: LookedAt): void {
    const detail = document.profile;
    this.#rooms.wallet.activity.append({ event: 'receipt-refused', organizationId, detail });
  }
}

const isRefusal = (error: unknown): boolean => error instanceof AcmeProblem && error.status < 500;

/** A CA that took a decision and gives no receipt of it has none that holds. */
function unlessRefused(error: unknown): undefined {
  if (!isRefusal(error)) throw error;
}

interface Sought {
  readonly latest: LookedAt;
  readonly receipt: string;
  readonly isOurs: (content: ReceiptContent) => boolean;
}

/** The signature in it is the one that was just made, over the token of that challenge. */
function isOfDecision({ decision, reason, evidence }: ReceiptContent, made: MadeDecision): boolean {
  if (decision !== made.decision || reason !== made.reason) return false;
  if (evidence.type === 'account') return made.decision === 'decline';
  if (!evidence.keyAuthorization.startsWith(`${made.token ?? ''}.`)) return false;
  const { sig, credential } = made.response ?? {};
  if (evidence.type !== 'passkey') return evidence.sig === sig;
  const { response } = memberOf(credential);
  const { signature, clientDataJSON, authenticatorData } = memberOf(response);
  return (
    evidence.signature === signature &&
    evidence.clientDataJSON === clientDataJSON &&
    evidence.authenticatorData === authenticatorData
  );
}

const memberOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
