import type { AccountSession } from './account-session.ts';
import type { AcmeAnswer } from './answer.ts';
import {
  approvalList,
  approvalResource,
  type ApprovalListPage,
  undecidedApproval,
  type ApprovalResource,
  type UndecidedApproval,
} from './approval-resource.ts';
import type { JsonObject } from './json.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseAuthorization, type Authorization } from './authorization.ts';
import type { Identifier } from './identifier.ts';
import type { Reader } from './shape.ts';

/** What an authorization of an approver is for (docs/approvals.md §4). */
export type AskedForApproval =
  | { readonly approval: string }
  | {
      readonly standing: {
        readonly requester: { readonly email: string } | { readonly service: string };
        readonly profile: string;
        readonly count: number;
        /** RFC 3339. */
        readonly until: string;
        readonly reason: string;
      };
    };

/** What a decision against a request is (docs/approvals.md §5). */
export interface Declining {
  /** Of the document. */
  readonly digest: string;
  readonly reason: string;
}

/** Octets of a receipt. */
const longestReceipt = 262_144;
const mostPages = 8;

/** Requests that people approve for others; not ACME's, but made as those are (docs/approvals.md §5). */
export class ApprovalRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  get isOffered(): boolean {
    return this.#session.directory.meta.approvals !== undefined;
  }

  /** What concerns whoever the account belongs to, newest first; `pages` of it at most. */
  async list(
    { pages = mostPages }: { readonly pages?: number } = {},
    signal?: AbortSignal,
  ): Promise<ApprovalListPage> {
    const doing = 'listing requests for approval';
    let next: string | undefined = this.#listUrl(doing);
    const seen = new Set<string>();
    const all: ApprovalListPage[] = [];
    while (next !== undefined && all.length < pages && !seen.has(next)) {
      seen.add(next);
      const answer: AcmeAnswer = await this.#session.read({ doing, url: next, signal });
      all.push(readAnswer(answer, approvalList));
      [next] = this.#session.ownLinks(answer, 'next');
    }
    return {
      organizations: all[0]?.organizations ?? [],
      approvals: all.flatMap(({ approvals }) => approvals),
    };
  }

  async fetch(url: string, signal?: AbortSignal): Promise<ApprovalResource> {
    const doing = 'fetching a request for approval';
    return readAnswer(await this.#session.read({ doing, url, signal }), approvalResource);
  }

  /** As `fetch`, for whoever reads the document strictly. */
  async read(url: string, signal?: AbortSignal): Promise<UndecidedApproval> {
    const doing = 'reading a request for approval';
    return readAnswer(await this.#session.read({ doing, url, signal }), undecidedApproval);
  }

  /** Ends the request. None of these is repeated by itself. */
  async decline(url: string, { digest, reason }: Declining, signal?: AbortSignal): Promise<void> {
    await this.#act(url, { decline: { digest, reason } }, signal);
  }

  /** A question or its answer; gives the request as it is then. */
  async message(url: string, message: string, signal?: AbortSignal): Promise<ApprovalResource> {
    return readAnswer(await this.#act(url, { message }, signal), approvalResource);
  }

  /** Has the CA write once more to those who have not decided. */
  async remind(url: string, signal?: AbortSignal): Promise<ApprovalResource> {
    return readAnswer(await this.#act(url, { remind: true }, signal), approvalResource);
  }

  async withdraw(url: string, reason: string, signal?: AbortSignal): Promise<void> {
    await this.#act(url, { withdraw: { reason } }, signal);
  }

  /** The account's own authorization, by whose challenges it approves. */
  async authorize(
    identifier: Identifier,
    asked: AskedForApproval,
    signal?: AbortSignal,
  ): Promise<Authorization> {
    const doing = 'asking for an authorization to approve';
    const url = this.#session.resource('newAuthz', doing);
    const { type, value } = identifier;
    const payload: JsonObject = { identifier: { type, value }, ...asked };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    const location = this.#session.locationOf(answer);
    const read = parseAuthorization(answer.json(), location, answer.retryAfter);
    return this.#session.responses.seenAll(read);
  }

  /** DER of a CMS SignedData; nothing of it was verified. */
  async receipt(url: string, signal?: AbortSignal): Promise<Buffer> {
    const doing = 'fetching a receipt';
    const accept = 'application/cms';
    const answer = await this.#session.read({ doing, url, accept, signal });
    const octets = answer.octets(accept);
    if (octets.length <= longestReceipt) return octets;
    throw new AcmeProtocolError('approval-malformed', doing, { url });
  }

  /** A page of the log, as it came. */
  async log(
    url: string,
    signal?: AbortSignal,
  ): Promise<{ entries: unknown; next: string | undefined }> {
    const doing = 'reading the log of approvals';
    const answer = await this.#session.read({ doing, url, signal });
    const [next] = this.#session.ownLinks(answer, 'next');
    return { entries: answer.json(), next };
  }

  /** Whether something of this server can lie there. */
  isOwn(url: string): boolean {
    return this.#session.isOwn(url);
  }

  #act(url: string, payload: JsonObject, signal?: AbortSignal): Promise<AcmeAnswer> {
    const doing = 'saying something about a request';
    return this.#session.write({ doing, url, payload, repeatable: false, signal });
  }

  #listUrl(doing: string): string {
    const { directory, directoryUrl } = this.#session;
    const { approvals } = directory.meta;
    if (approvals !== undefined) return approvals;
    throw new AcmeProtocolError('resource-missing', doing, { url: directoryUrl });
  }
}

const readAnswer = <T>(answer: AcmeAnswer, reader: Reader<T>): T =>
  AcmeProtocolError.guard(() => reader(answer.json(), ''), {
    ...{ reason: 'approval-malformed', doing: answer.doing, url: answer.url },
  });
