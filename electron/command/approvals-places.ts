import { isApprovalLink, organizationOf, parseApprovalLink } from '../approvals/approval-link.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import { usage } from './command-words.ts';

/** What of the house approvals take. */
export type ApprovalHouse = Pick<House, 'approvals' | 'organizations'>;

export interface ApprovalPlace {
  readonly organizationId: string;
  readonly approvalId: string;
}

interface Named {
  readonly request: string;
  readonly organizationId?: string;
}

/** At which organisation a request is: only those that were joined are asked, whatever a link says. */
export function placeOf(
  { request, organizationId }: Named,
  { organizations }: Pick<ApprovalHouse, 'organizations'>,
): ApprovalPlace {
  const joined = organizations.list().map(({ id, profile: { directory } }) => ({ id, directory }));
  if (isApprovalLink(request)) {
    const link = parseApprovalLink(request);
    const { id } = organizationOf(link, joined);
    if (organizationId !== undefined && organizationId !== id) throw elsewhere();
    return { organizationId: id, approvalId: link.approval };
  }
  const url = URL.parse(request);
  if (url?.protocol !== 'https:') throw usage('name a request by its https URL or a link to it');
  const here = joined
    .filter(({ directory }) => new URL(directory).origin === url.origin)
    .filter(({ id }) => organizationId === undefined || organizationId === id);
  const [only, ...others] = here;
  if (only === undefined) throw elsewhere();
  if (others.length > 0) {
    const which = here.map(({ id }) => id).join(' or ');
    throw new CommandError('not-found', `say by --organization which is meant: ${which}`);
  }
  return { organizationId: only.id, approvalId: request };
}

const elsewhere = (): CommandError => {
  const failure = { code: 'approval', reason: 'foreign-link' } as const;
  return new CommandError('not-found', 'no organisation that was joined has its requests there', {
    failure,
  });
};

/** The one that is named, or the only one. */
export function organizationIdOf(
  named: string | undefined,
  { organizations }: Pick<ApprovalHouse, 'organizations'>,
): string {
  const ids = organizations.list().map(({ id }) => id);
  const found = ids.filter((id) => named === undefined || id === named);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const what = named === undefined ? 'say by --organization which' : 'no such organisation';
  throw new CommandError(
    'not-found',
    ids.length === 0 ? what : `${what}; there is ${ids.join(', ')}`,
  );
}
