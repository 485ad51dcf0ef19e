import { X509Certificate } from 'node:crypto';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import type { OrganizationStore } from './organization-store.ts';

/**
 * Which roots vouch for a server that a profile is fetched from again. Two organisations may name the same origin; then
 * the one joined first decides, for a profile's address does not say whose it is. It is read each time, so that it is
 * never older than what is stored.
 */
export class DirectoryRoots {
  readonly #store: Pick<OrganizationStore, 'list'>;

  constructor(store: Pick<OrganizationStore, 'list'>) {
    this.#store = store;
  }

  /** PEM; undefined when the operating system's roots vouch. */
  rootsFor(origin: string): readonly string[] | undefined {
    const profile = this.#profileAt(origin);
    return profile && rootsOf(profile);
  }

  isKnown(origin: string): boolean {
    return this.#profileAt(origin) !== undefined;
  }

  #profileAt(origin: string): EnrollmentProfile | undefined {
    const organizations = this.#store.list();
    return organizations.find(({ profile }) => directoryOrigin(profile) === origin)?.profile;
  }
}

export const directoryOrigin = ({ directory }: EnrollmentProfile): string =>
  new URL(directory).origin;

/** PEM; undefined when the profile leaves it to the operating system's roots. */
export function rootsOf({ roots }: EnrollmentProfile): readonly string[] | undefined {
  return roots?.map((root) => new X509Certificate(Buffer.from(root, 'base64')).toString());
}
