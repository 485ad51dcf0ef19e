import type { ProblemDocument } from '../../shared/failure.ts';
import type { Identifier } from './identifier.ts';
import type { Order } from './order.ts';
import { subproblemsOf, type Subproblem } from './problem.ts';

/** The CA decided against an order (RFC 8555 §7.1.6); its `error` says why, if the CA does. */
export class OrderFailed extends Error {
  readonly code = 'acme-order-failed';
  readonly order: Order;

  constructor(order: Order) {
    super(`the order came to nothing: ${order.error?.type ?? 'no reason given'}`);
    this.name = 'OrderFailed';
    this.order = order;
  }

  get subproblems(): readonly Subproblem[] {
    return this.order.error ? subproblemsOf(this.order.error) : [];
  }
}

export interface FailedAuthorization {
  readonly url: string;
  readonly identifier: Identifier;
  readonly status: string;
  /** Of the challenge that was answered. */
  readonly type: string | undefined;
  readonly problem: ProblemDocument | undefined;
}

/** The CA does not believe that the identifier is ours. */
export class AuthorizationFailed extends Error {
  readonly code = 'acme-authorization-failed';
  readonly authorization: FailedAuthorization;

  constructor(authorization: FailedAuthorization) {
    const { status, type = 'no challenge', problem } = authorization;
    super(`an authorization is ${status} after ${type}: ${problem?.type ?? 'no reason given'}`);
    this.name = 'AuthorizationFailed';
    this.authorization = authorization;
  }
}

/** None of the challenges that the CA offers for the identifier can be answered with the proofs at hand. */
export class NoProof extends Error {
  readonly code = 'acme-no-proof';
  readonly identifier: Identifier;
  readonly offered: readonly string[];

  constructor(identifier: Identifier, offered: readonly string[]) {
    super(`there is no proof for any of: ${offered.join(', ')}`);
    this.name = 'NoProof';
    this.identifier = identifier;
    this.offered = offered;
  }
}
