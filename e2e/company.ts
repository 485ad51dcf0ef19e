import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { CaOptions } from '../ca/running-ca.ts';
import type { SubjectName } from '../ca/state/subject-certificates.ts';
import { invitationLink } from '../ca/portal/invitation-link.ts';
import { startLocalCa, type LocalCa } from '../ca/portal/local-ca.ts';
import { givePasskey } from '../ca/testing/passkeys.ts';
import { SessionBus } from '../electron/testing/session-bus.ts';
import { TestAuthority } from '../electron/testing/test-authority.ts';
import {
  setStage,
  test as base,
  type OpenOptions,
  type OpenWallet,
  type Stage,
} from './journey.ts';
import { VirtualAuthenticator, type Passkey } from './virtual-authenticator.ts';

export const domain = 'corp.example';

const roles = {
  Alex: 'requester',
  Kim: 'approver',
  Robin: 'approver',
  Sam: 'auditor',
} as const;
export type Name = keyof typeof roles;

/** Somebody of the organisation, with a computer, a home and a wallet of their own. */
export interface Colleague extends Stage {
  readonly name: string;
  readonly email: string;
  /** Who the CA has them for. */
  readonly subject: SubjectName;
  readonly passkey: Passkey;
  /** Opens their wallet and joins the organisation by an invitation. */
  join(options?: OpenOptions): Promise<OpenWallet>;
}

/** Example Corp: one CA, and the people who ask and approve there. */
export interface Company {
  readonly localCa: LocalCa;
  /** Who has the organisation's cards made. */
  readonly cardOffice: TestAuthority;
  /** Of the organisation, at the CA. */
  readonly id: string;
  /** The CA's clock is ahead of this computer's by so many milliseconds. */
  readonly time: { ahead: number };
  colleague(name: Name): Promise<Colleague>;
  /** A computer with nobody at it, and the invitation for the service that runs there, which may ask for certificates. */
  machine(service: string): Promise<Machine>;
}

export interface Machine extends Stage {
  readonly invitation: string;
}

interface Fixtures {
  readonly company: Company;
}

export const test = base.extend<Fixtures>({
  company: async ({ folder, caOptions }, use) => {
    const time = { ahead: 0 };
    const cardOffice = await TestAuthority.root({ name: 'Card office' });
    const challengeAnchors: CaOptions['challengeAnchors'] = [
      { pem: cardOffice.certificate, maps: 'certificate' },
    ];
    const clock = (): Date => new Date(Date.now() + time.ahead);
    const localCa = await startLocalCa({ challengeAnchors, clock, ...caOptions });
    const sessions: SessionBus[] = [];
    const opened: OpenWallet[] = [];
    try {
      const { organizations } = localCa.ca;
      const { id } = organizations.create({ name: 'Example Corp', domains: [domain] });
      const place: Place = { localCa, id, folder, sessions, opened };
      const hire = (name: Name) => hireIn(place, name);
      const hired = new Map<Name, Promise<Colleague>>();
      const colleague = (name: Name): Promise<Colleague> => {
        const known = hired.get(name) ?? hire(name);
        hired.set(name, known);
        return known;
      };
      const machine = (service: string) => machineIn(place, service);
      await use({ localCa, cardOffice, id, time, colleague, machine });
    } finally {
      await Promise.all(opened.map(({ app }) => app.close()));
      await Promise.all(sessions.map((session) => session.stop()));
      await localCa.ca.stop();
    }
  },
});

export { expect } from 'playwright/test';

interface Place {
  readonly localCa: LocalCa;
  readonly id: string;
  readonly folder: string;
  readonly sessions: SessionBus[];
  readonly opened: OpenWallet[];
}

async function machineIn({ localCa, id, folder, sessions, opened }: Place, service: string) {
  const { ca } = localCa;
  const { kid, macKey } = ca.people.invite({ for: { service } });
  ca.organizations.addMember(id, `service:${service}`, 'requester');
  const session = await SessionBus.start({ secretService: 'unlocked' });
  sessions.push(session);
  const own = join(folder, service);
  await mkdir(own);
  const invitation = invitationLink({ from: `${ca.origin}/profile.enroll`, kid, macKey });
  return { ...setStage({ folder: own, localCa, session, opened }), invitation };
}

async function hireIn({ localCa, id, folder, sessions, opened }: Place, name: Name) {
  const { ca } = localCa;
  const email = `${name.toLowerCase()}@${domain}`;
  const person = ca.people.register({ name: `${name} Example`, email });
  const subject: SubjectName = `person:${person.id}`;
  ca.organizations.addMember(id, subject, roles[name]);
  const [session, passkey] = await Promise.all([
    SessionBus.start({ secretService: 'unlocked' }),
    passkeyFor(localCa, person),
  ]);
  sessions.push(session);
  const own = join(folder, name);
  await mkdir(own);
  const stage = setStage({ folder: own, localCa, session, opened });
  const joinIn = async (options?: OpenOptions): Promise<OpenWallet> => {
    const wallet = await stage.open({ withLocalCa: false, ...options });
    const { welcome, organization } = wallet.screens;
    await welcome.openLink(localCa.invite(email));
    await organization.wordsMatch.click();
    return wallet;
  };
  return { ...stage, name: person.name, email, subject, passkey, join: joinIn };
}

/** One that was made some other time, on this person's telephone. */
async function passkeyFor(
  { ca }: LocalCa,
  person: Parameters<typeof givePasskey>[1],
): Promise<Passkey> {
  const { authenticator } = await givePasskey(ca, person);
  const [credential] = authenticator.credentials;
  if (credential === undefined) throw new Error('no passkey was made');
  const { id, rpId, userHandle, privateKey } = credential;
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return {
    ...{ id, rpId, privateKey: pkcs8.toString('base64') },
    userHandle: Buffer.from(userHandle, 'base64url').toString('base64'),
  };
}

/** The person takes their passkey in the window that `start` opens. */
export async function usePasskey(
  { app }: OpenWallet,
  passkey: Passkey,
  start: () => Promise<void>,
): Promise<void> {
  const opened = app.waitForEvent('window');
  await start();
  const window: Page = await opened;
  await window.getByRole('button', { name: 'Cancel' }).waitFor();
  // Each window has an authenticator of its own: its counter goes on where the one before it was.
  const used = { ...passkey, signCount: Math.floor(Date.now() / 1000) };
  const authenticator = await VirtualAuthenticator.before(window, 'platform', [used]);
  await authenticator.touch();
}
