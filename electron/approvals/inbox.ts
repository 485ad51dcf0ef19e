import type {
  ApprovalOrganization,
  ApprovalsView,
  ApprovalSummary,
} from '../../shared/models/approval.ts';
import type { ApprovalListPage } from '../acme/approval-resource.ts';
import type { AcmeClient } from '../acme/client.ts';
import { inParallel } from '../acme/in-parallel.ts';
import { AcmeProblem } from '../acme/problem.ts';
import type { JoinedOrganization } from '../organizations/organization-store.ts';
import { ApprovalError } from './approval-error.ts';
import type { ApprovalNews, ApprovalRooms } from './approval-rooms.ts';
import type { ApproverAccounts } from './approver-account.ts';
import { lookAt, summaryOf, type LookedAt } from './looked-at.ts';
import type { Receipts } from './receipts.ts';

type ListedApproval = ApprovalListPage['approvals'][number];

/** A request as it was when the list said so. */
interface KnownRequest {
  readonly said: string;
  readonly looked: LookedAt;
}

interface KnownOrganization {
  /** Undefined: the CA knows no approvals, or not this person. */
  readonly page: ApprovalListPage | undefined;
  /** It knows approvals, and is told who this is once the person looks. */
  readonly isUnopened?: true;
  /** By URL, in the order of the list. */
  readonly requests: ReadonlyMap<string, KnownRequest>;
  readonly error?: unknown;
  /** Before then it is not asked again by itself; milliseconds since 1970. */
  readonly nextLook: number;
}

export interface InboxOptions {
  readonly rooms: ApprovalRooms;
  readonly accounts: ApproverAccounts;
  readonly receipts: Receipts;
  readonly closing: AbortSignal;
  readonly changed: () => void;
  readonly news: (news: ApprovalNews) => void;
}

const usualInterval = 30_000;
/** For CAs that know no approvals, which most do not. */
const rarely = 3_600_000;
/** For CAs where this person has no part in any, and may get one. */
const quietly = 600_000;
/** Where it is not known whether there is anything to look at. */
const seldom = 120_000;
const mostAtOnce = 4;

/** Requests at every organisation that knows approvals, looked at again and again. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #known = new Map<string, KnownOrganization>();
  #looking: Promise<void> | undefined;
  #isWatching = false;
  #hasLooked = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Looks, and from then on keeps looking. */
  async watch(): Promise<void> {
    if (this.#isWatching) return this.#looking;
    this.#isWatching = true;
    await this.look();
    void this.#keepLooking();
  }

  /** `attended`: somebody waits for it and can be asked for a PIN; every organisation is asked then. */
  async look({ attended = false }: { readonly attended?: boolean } = {}): Promise<void> {
    const before = this.#looking;
    if (before !== undefined && !attended) return before;
    const looking = (before ?? Promise.resolve()).then(() => this.#lookAtAll(attended));
    this.#looking = looking;
    try {
      await looking;
    } finally {
      if (this.#looking === looking) this.#looking = undefined;
    }
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.#looking]);
  }

  /** What is known of one request may be old: it was just looked at. */
  learn(organizationId: string, looked: LookedAt): void {
    const known = this.#known.get(organizationId);
    const request = known?.requests.get(looked.url);
    if (known === undefined || request === undefined) return;
    const requests = new Map(known.requests).set(looked.url, { ...request, looked });
    this.#known.set(organizationId, { ...known, requests });
    this.#options.changed();
  }

  view(): Pick<ApprovalsView, 'status' | 'organizations' | 'requests' | 'unopened' | 'failures'> {
    const { rooms, receipts } = this.#options;
    const organizations: ApprovalOrganization[] = [];
    const requests: ApprovalSummary[] = [];
    const failures: ApprovalsView['failures'][number][] = [];
    for (const { id: organizationId } of rooms.organizations.list()) {
      const known = this.#known.get(organizationId);
      if (known === undefined) continue;
      const receiptOf = receipts.idsOf(organizationId);
      organizations.push(...(known.page?.organizations ?? []).map(viewOf(organizationId)));
      for (const { looked } of known.requests.values()) {
        requests.push(summaryOf(looked, organizationId, receiptOf));
      }
      if (known.error !== undefined) {
        failures.push({ organizationId, failure: rooms.toFailure(known.error) });
      }
    }
    requests.sort((one, other) => other.document.requested.localeCompare(one.document.requested));
    const unopened = [...this.#known].flatMap(([id, { isUnopened }]) => (isUnopened ? [id] : []));
    const status = this.#status(failures.length > 0);
    return { status, organizations, requests, unopened, failures };
  }

  #status(hasFailed: boolean): ApprovalsView['status'] {
    const known = [...this.#known.values()];
    if (known.some(({ page, isUnopened }) => page !== undefined || isUnopened)) return 'ready';
    return this.#hasLooked && !hasFailed ? 'none' : 'unknown';
  }

  async #keepLooking(): Promise<void> {
    const { rooms, closing } = this.#options;
    const isOver = (): boolean => closing.aborted;
    while (!isOver()) {
      try {
        await rooms.clock.sleep(rooms.interval ?? usualInterval, closing);
        await this.look();
      } catch (error) {
        if (!isOver()) rooms.report('looking for requests', error);
      }
    }
  }

  async #lookAtAll(attended: boolean): Promise<void> {
    const { rooms, closing, changed } = this.#options;
    const joined = rooms.organizations.list();
    for (const id of [...this.#known.keys()]) {
      if (!joined.some((each) => each.id === id)) this.#known.delete(id);
    }
    const now = rooms.clock.now().getTime();
    const due = joined.filter(({ id }) => attended || (this.#known.get(id)?.nextLook ?? 0) <= now);
    await Promise.all(due.map((organization) => this.#lookAt(organization, attended)));
    if (closing.aborted) return;
    this.#hasLooked = true;
    changed();
  }

  async #lookAt(organization: JoinedOrganization, attended: boolean): Promise<void> {
    const { accounts, closing: signal, rooms } = this.#options;
    const { id } = organization;
    const before = this.#known.get(id);
    const now = rooms.clock.now().getTime();
    try {
      const attendance = { signal, isUnattended: !attended };
      const client = await accounts.connectIfOffered(organization, attendance);
      if (client === 'unopened') {
        this.#known.set(id, { ...nothing, isUnopened: true, nextLook: now + rarely });
        return;
      }
      this.#known.set(
        id,
        client === undefined
          ? { ...nothing, nextLook: accounts.mayBeKnown(organization) ? now + rarely : 0 }
          : await this.#read(id, client, before),
      );
    } catch (error) {
      if (signal.aborted) return;
      const { page, requests } = before ?? nothing;
      this.#known.set(id, { page, requests, error, nextLook: nextAfter(error, now, page) });
    } finally {
      if (attended) await accounts.rest(id);
    }
  }

  async #read(
    organizationId: string,
    client: AcmeClient,
    before: KnownOrganization | undefined,
  ): Promise<KnownOrganization> {
    const { closing: signal, receipts, rooms } = this.#options;
    const page = await client.approvals.list({}, signal);
    const found = new Map<string, KnownRequest>();
    let error: unknown;
    const readOne = async (listed: ListedApproval): Promise<void> => {
      const { url } = listed;
      const said = JSON.stringify(listed);
      const known = before?.requests.get(url);
      try {
        const looked = known?.said === said ? known.looked : await lookAt(client, url, signal);
        found.set(url, { said, looked });
        await receipts.collect({ organizationId, client, signal }, looked);
      } catch (caught) {
        // One that cannot be shown keeps nobody from the others.
        if (!(caught instanceof ApprovalError)) throw caught;
        error = caught;
      }
    };
    await inParallel(page.approvals, readOne, { limit: mostAtOnce, signal });
    const ordered = page.approvals.flatMap(({ url }) => {
      const request = found.get(url);
      return request ? [[url, request] as const] : [];
    });
    this.#tell(
      organizationId,
      ordered.map(([, { looked }]) => looked),
    );
    const requests = new Map(ordered);
    const hasPart = page.organizations.length > 0 || requests.size > 0;
    const nextLook = hasPart ? 0 : rooms.clock.now().getTime() + quietly;
    return { page, requests, nextLook, ...(error !== undefined && { error }) };
  }

  #tell(organizationId: string, requests: readonly LookedAt[]): void {
    const { rooms, news } = this.#options;
    const open = requests.filter(
      ({ resource }) => resource.mayDecide && resource.status === 'pending',
    );
    const fresh = open.filter(({ url }) => rooms.wallet.approvals.isNews(organizationId, url));
    if (fresh.length > 0) news({ organizationId, count: fresh.length });
  }
}

const nothing = { page: undefined, requests: new Map<string, KnownRequest>() } as const;

/** A CA that says when to come back is not asked before then; one that may know nothing of approvals not so often. */
function nextAfter(error: unknown, now: number, page: ApprovalListPage | undefined): number {
  const wished = error instanceof AcmeProblem ? error.context.retryAfter?.getTime() : undefined;
  const patient = page === undefined ? now + seldom : now;
  return Math.min(Math.max(patient, wished ?? 0), now + rarely);
}

const viewOf =
  (organizationId: string) =>
  ({ log: _log, ...told }: ApprovalListPage['organizations'][number]): ApprovalOrganization => ({
    organizationId,
    ...told,
  });
