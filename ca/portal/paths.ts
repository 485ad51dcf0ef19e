/** Where the page about a person is, and below it the forms. */
export function personPath(id: string): string {
  return `/portal/people/${encodeURIComponent(id)}`;
}

export function servicePath(name: string): string {
  return `/portal/services/${encodeURIComponent(name)}`;
}

export const ORGANIZATION = '/portal/organization';
