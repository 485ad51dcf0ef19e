import { offers } from '../offers.ts';
import type { CaOptions, RunningCa } from '../running-ca.ts';
import { startCa } from '../server.ts';
import { invitationLink } from './invitation-link.ts';
import { createPortal } from './portal.ts';

/** The CA together with its portal: what `npm run ca` and `npm start` run. */
export type LocalCa = {
  readonly ca: RunningCa;
  /** Lets its first visitor into the portal; a secret until the CA stops. */
  readonly portalAddress: string;
  /** The signed enrollment profile, a compact JWS. */
  profile(): Promise<string>;
  /** Makes a `countersign://` invitation, good for one wallet and a day. Throws for an unknown address. */
  invite(email: string, offerId?: string): string;
};

export async function startLocalCa(options: Omit<CaOptions, 'pages'> = {}): Promise<LocalCa> {
  const portal = createPortal(options);
  const ca = await startCa({ ...options, pages: portal.pages, termsPath: '/about/terms' });
  return {
    ca,
    portalAddress: portal.address(ca),
    profile: () => portal.profile(ca),
    invite: (email, offerId) => invite(ca, email, offerId),
  };
}

function invite(ca: RunningCa, email: string, offerId = offers[0]?.id): string {
  const person = ca.people.findByEmail(email);
  if (person === undefined) throw new Error(`nobody is registered with the address ${email}`);
  const { kid, macKey } = ca.people.invite({
    for: { personId: person.id },
    lifetime: 24 * 60 * 60,
  });
  return invitationLink({
    from: `${ca.origin}/profile.enroll`,
    kid,
    macKey,
    email,
    ...(offerId !== undefined && { credential: offerId }),
  });
}
