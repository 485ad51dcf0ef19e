import type { AcmeClient } from '../acme/client.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import type { Order } from '../acme/order.ts';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import type { Signer } from '../keys/signer.ts';
import { newSigner, type LocalCa } from './local-ca.ts';

export interface Asked {
  readonly order: Order;
  readonly authorization: Authorization;
  readonly challenge: Challenge;
}

/** Alex on the way to a certificate, as far as a test needs. */
export class Applicant {
  readonly client: AcmeClient;
  readonly #local: LocalCa;

  constructor(local: LocalCa, client: AcmeClient) {
    this.#local = local;
    this.client = client;
  }

  get identifiers() {
    return [{ type: 'email', value: this.#local.alex.email }];
  }

  order(signal?: AbortSignal): Promise<Order> {
    return this.client.orders.newOrder(
      { identifiers: this.identifiers, profile: 'employee' },
      signal,
    );
  }

  /** Up to the question for the code. */
  async ask(): Promise<Asked> {
    const order = await this.order();
    const authorization = await this.client.authorizations.fetch(order.authorizations[0] ?? '');
    const challenge = authorization.challenges.find(({ type }) => type === 'totp-01');
    if (!challenge) throw new Error('there is no totp-01');
    return { order, authorization, challenge };
  }

  respond({ url }: Challenge): Promise<Challenge> {
    return this.client.challenges.respond(url, { otp: this.#local.freshCode() });
  }

  /** Up to an order that can be finalized. */
  async ready(): Promise<Order> {
    const { order, challenge } = await this.ask();
    await this.respond(challenge);
    return this.client.orders.poll(order);
  }

  async finalize(order: Order, signer: Signer = newSigner()): Promise<Order> {
    const { identifiers } = this;
    const csr = await createCertificateRequest({ signer, purpose: 'client', identifiers });
    return this.client.orders.finalize(order, csr);
  }

  /** The whole way. */
  async issued(signer?: Signer): Promise<Order> {
    return this.client.orders.poll(await this.finalize(await this.ready(), signer));
  }
}

/** What an attempt fails with. */
export async function errorOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
}
