import type { CaaCheck, CaaQuestion } from './caa.ts';
import { covers } from './coverage.ts';
import { identifierProblems } from './problems.ts';
import type { Identifier, Problem } from './problems.ts';
import type { State } from './state.ts';
import type { Order } from './state/orders.ts';
import type { Urls } from './urls.ts';

export type PermissionOptions = {
  readonly state: State;
  readonly urls: Urls;
  readonly check: CaaCheck;
};

/** Asks CAA about every DNS name of an order (RFC 8659 §3); one problem for all that may not be issued for. */
export function createPermission({ state, urls, check }: PermissionOptions) {
  const toQuestion = (order: Order, { type, value }: Identifier): CaaQuestion => ({
    name: value,
    accountUrl: urls.to('account', order.accountId),
    method: methodOf(order, { type, value }, state),
  });
  return async (order: Order): Promise<Problem | undefined> => {
    const names = order.identifiers.filter(({ type }) => type === 'dns');
    const answers = await Promise.all(names.map((name) => check(toQuestion(order, name))));
    const problems = answers.flatMap((problem) => problem ?? []);
    return problems.length === 0 ? undefined : identifierProblems(problems);
  };
}

/** RFC 8657 §4: how control of the name was proven. */
function methodOf(order: Order, identifier: Identifier, state: State): string | undefined {
  return state.authorizations
    .ofOrder(order.id)
    .filter((authorization) => covers(authorization, identifier))
    .flatMap(({ challenges }) => challenges)
    .find(({ validatedAt }) => validatedAt !== undefined)?.type;
}
