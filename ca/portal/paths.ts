/** Where the page about a person is, and below it the forms. */
export function personPath(id: string): string {
  return `/portal/people/${encodeURIComponent(id)}`;
}

export function servicePath(name: string): string {
  return `/portal/services/${encodeURIComponent(name)}`;
}

export const ORGANIZATION = '/portal/organization';

export const ORGANIZATIONS = '/portal/organizations';

export function organizationPath(id: string): string {
  return `${ORGANIZATIONS}/${encodeURIComponent(id)}`;
}

export const APPROVAL_LOG = '/portal/approval-log';
