import type { Account, Payload } from './acme/account.ts';
import {
  readAuthorization,
  readChallenge,
  readJson,
  readOrder,
  readProblem,
} from './acme/objects.ts';
import type { Authorization, Challenge, Identifier, Json, Order, Problem } from './acme/objects.ts';
import type { Server } from './acme/server.ts';
import type { Reply } from './acme/transport.ts';
import { fail, skip } from './case.ts';
import type { Accounts } from './credentials/accounts.ts';
import type { Kind, Parties } from './credentials/credentials.ts';
import type { Holder, Need, Purse } from './credentials/purse.ts';

/** What all cases of a run share. */
export type World = {
  readonly server: Server;
  readonly purse: Purse;
  readonly accounts: Accounts;
  readonly approvals: Parties | undefined;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Every challenge that was seen, by its URL. */
  readonly seen: Map<string, Challenge>;
  /** Every text that was sent as a proof, for the search in what the server says. */
  readonly sent: Set<string>;
  /** The kinds whose responses the server repeated. */
  readonly echoed: Set<Kind>;
  /** What is done once, by its name. */
  readonly shared: Map<string, Promise<unknown>>;
};

const MOST_POLLS = 60;

/** The members of responses that nobody is to see again. */
const proofs = ['otp', 'sig', 'signature'];

/** A challenge that waits for a response, with all that the response may be bound to. */
export type Opened<K extends Kind> = {
  readonly holder: Holder<K>;
  readonly account: Account;
  readonly orderUrl: string;
  readonly authorizationUrl: string;
  readonly authorization: Authorization;
  readonly challenge: Challenge;
  /** RFC 8555 §8.1. */
  readonly keyAuthorization: string;
};

/** What became of a response. */
export type Judgement = {
  readonly outcome: 'valid' | 'refused';
  /** The HTTP status of the answer to the response. */
  readonly status: number;
  /** It was `processing` first, so that the refusal is found in the challenge. */
  readonly deliberated: boolean;
  readonly problem: Problem | undefined;
  /** Whatever the server said in judging it. */
  readonly replies: readonly Reply[];
};

export const challengeTypes: Readonly<Record<Kind, string>> = {
  totp: 'totp-01',
  hotp: 'hotp-01',
  otp: 'otp-01',
  cert: 'cert-01',
  passkey: 'ppkp-01',
  key: 'ppkp-01',
};

export type Placed = { readonly url: string; readonly authorizations: readonly string[] };
export type Ordering = { readonly identifier: Identifier; readonly profile: string | undefined };

/** Something that is open, and what ends it. */
type Left = { readonly account: Account; readonly url: string; readonly payload: Json };

const deactivation: Json = { status: 'deactivated' };

/** What one case does at the server; what it leaves open is closed by `tidy`. */
export class Trial {
  readonly world: World;
  readonly #left: Left[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** RFC 8555 §7.4. */
  async place(account: Account, { identifier, profile }: Ordering): Promise<Placed> {
    const { newOrder } = await this.world.server.directory();
    const wanted = { identifiers: [identifier], ...(profile === undefined ? {} : { profile }) };
    const reply = await account.post(newOrder, wanted);
    if (reply.status === 429) skip('the server takes no more orders of the account for now (429)');
    if (reply.status !== 201) fail(`newOrder was answered with ${briefReply(reply)}`);
    const { authorizations } = readOrder(reply);
    authorizations.forEach((authorization) => this.leave(account, authorization));
    return {
      url: reply.headers.location ?? fail('newOrder gave no Location (RFC 8555 §7.4)'),
      authorizations,
    };
  }

  async authorization(account: Account, url: string): Promise<Authorization> {
    const authorization = readAuthorization(await account.post(url, ''));
    authorization.challenges.forEach((one) => this.world.seen.set(one.url, one));
    return authorization;
  }

  async challenge(account: Account, url: string): Promise<Challenge> {
    return readChallenge(readJson(await account.post(url, ''), 'a challenge'));
  }

  async order(account: Account, url: string): Promise<Order> {
    return readOrder(await account.post(url, ''));
  }

  async orderStatus({ account, orderUrl }: Opened<Kind>): Promise<string> {
    return (await this.order(account, orderUrl)).status;
  }

  /** The challenge, once it is not processing any more. */
  async settled({ account, challenge: { url } }: Opened<Kind>): Promise<Challenge> {
    for (let polls = 0; ; polls += 1) {
      const challenge = await this.challenge(account, url);
      if (challenge.status !== 'processing') return challenge;
      if (polls > MOST_POLLS) fail('the challenge is still processing');
      await this.world.wait(1000);
    }
  }

  /** Has an authorization, or something else, given up when the case is over. */
  leave(account: Account, url: string, payload = deactivation): void {
    this.#left.push({ account, url, payload });
  }

  /** Does something once in a run, for all the cases that look at what came of it. */
  once<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const begun = this.world.shared.get(name) ?? work();
    this.world.shared.set(name, begun);
    return begun as Promise<Result>;
  }

  /** Whether an answer holds something that was sent as a proof. */
  repeatsProof({ body, headers }: Reply): boolean {
    const said = `${body} ${JSON.stringify(headers)}`;
    return [...this.world.sent].some((proof) => isWordOf(said, proof));
  }

  /** Lends a credential and opens a challenge for it. */
  async open<K extends Kind>(kind: K, need: Need = {}): Promise<Opened<K>> {
    return this.openFor(this.world.purse.lend(kind, need));
  }

  /** Opens a challenge for a credential, by the subject's account of that number. */
  async openFor<K extends Kind>(holder: Holder<K>, index = 0): Promise<Opened<K>> {
    return this.openBy(holder, await this.world.accounts.of(holder.subject, index));
  }

  async openBy<K extends Kind>(holder: Holder<K>, account: Account): Promise<Opened<K>> {
    const type = challengeTypes[holder.kind];
    // An authorization of an earlier order may serve again (RFC 8555 §7.4): it is given up, and the order placed anew.
    for (let tries = 0; tries < 2; tries += 1) {
      const placed = await this.place(account, holder);
      const offered: string[] = [];
      for (const authorizationUrl of placed.authorizations) {
        const authorization = await this.authorization(account, authorizationUrl);
        offered.push(...authorization.challenges.map((one) => one.type));
        const challenge = authorization.challenges.find((one) => one.type === type);
        if (authorization.status === 'pending' && challenge?.status === 'pending') {
          const keyAuthorization = `${challenge.token ?? ''}.${account.thumbprint}`;
          const found = { authorizationUrl, authorization, challenge, keyAuthorization };
          return { ...found, holder, account, orderUrl: placed.url };
        }
      }
      await this.tidy();
      if (tries > 0) fail(`no pending ${type} in the order, but: ${offered.join(', ') || 'none'}`);
    }
    return fail(`no order with a pending ${type}`);
  }

  /** Sends a response and waits until it is judged. */
  async answer(opened: Opened<Kind>, payload: Json): Promise<Judgement> {
    this.#remember(payload);
    const reply = await opened.account.post(opened.challenge.url, payload);
    const judgement = await this.#judge(opened, reply);
    this.world.purse.noteAnswer(opened.holder, reply.status, judgement.problem?.type);
    if (['incorrectResponse', 'unauthorized'].includes(judgement.problem?.type ?? '')) {
      this.world.purse.countFailure(opened.holder);
    }
    if (judgement.replies.some((one) => this.repeatsProof(one))) {
      this.world.echoed.add(opened.holder.kind);
    }
    return judgement;
  }

  /** Sends anything. */
  async send(opened: Opened<Kind>, payload: Payload): Promise<Reply> {
    const reply = await opened.account.post(opened.challenge.url, payload);
    const problem = reply.status === 429 ? problemOf(reply)?.type : undefined;
    this.world.purse.noteAnswer(opened.holder, reply.status, problem);
    return reply;
  }

  async #judge({ account, challenge: { url } }: Opened<Kind>, first: Reply): Promise<Judgement> {
    const replies = [first];
    const { status } = first;
    if (status !== 200) {
      const problem = readProblem(readJson(first, `the answer with ${status}`));
      return { outcome: 'refused', status, deliberated: false, problem, replies };
    }
    let challenge = readChallenge(readJson(first, 'a challenge'));
    const deliberated = challenge.status === 'processing';
    for (let polls = 0; challenge.status === 'processing'; polls += 1) {
      if (polls > MOST_POLLS) fail('the challenge is still processing');
      const seconds = Number(replies.at(-1)?.headers['retry-after'] ?? 1);
      await this.world.wait(Math.min(10, Math.max(1, seconds || 1)) * 1000);
      const reply = await account.post(url, '');
      replies.push(reply);
      challenge = readChallenge(readJson(reply, 'a challenge'));
    }
    const outcome = challenge.status === 'valid' ? 'valid' : 'refused';
    return { outcome, status, deliberated, problem: challenge.error, replies };
  }

  #remember(payload: Json): void {
    for (const [name, value] of Object.entries(payload)) {
      if (typeof value === 'string' && proofs.includes(name)) this.world.sent.add(value);
      if (typeof value === 'object' && value !== null) this.#remember(value as Json);
    }
  }

  /** Gives up what the case left open, so that orders do not pile up (RFC 8555 §7.5.2). */
  async tidy(): Promise<void> {
    for (const { account, url, payload } of this.#left.splice(0)) await account.post(url, payload);
  }
}

/** By itself, and not as digits in the middle of a longer text. */
function isWordOf(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ''}${text[at + word.length] ?? ''}`;
    if (!/[A-Za-z0-9_-]/.test(around)) return true;
  }
  return false;
}

/** Status and problem, without texts of the server's. */
export function briefReply(reply: Reply): string {
  if (reply.status < 400) return String(reply.status);
  return `${reply.status} ${problemOf(reply)?.type ?? 'without a problem document'}`;
}

export function problemOf(reply: Reply): Problem | undefined {
  const isProblem = /^application\/problem\+json/i.test(reply.headers['content-type'] ?? '');
  return isProblem ? readProblem(readJson(reply, 'a problem')) : undefined;
}
