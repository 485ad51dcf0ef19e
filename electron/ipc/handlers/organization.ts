import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { EnrollmentProfile } from '../../../shared/models/enrollment-profile.ts';
import type { Authenticator } from '../../authenticator/authenticator.ts';
import type { AccountKeyMove } from '../../enrollment/move-account-key.ts';
import { PreviewError } from '../../organizations/errors.ts';
import type { JoinedOrganization } from '../../organizations/organization-store.ts';
import type { Previews } from '../../organizations/previews.ts';
import type { Registrations } from '../../passkeys/registration.ts';

export interface OrganizationRoom {
  readonly previews: Pick<
    Previews,
    'openText' | 'openFile' | 'openAsked' | 'openLocalCa' | 'accept' | 'dismiss' | 'state'
  >;
  /** An invitation, or a link to a request for approval. */
  readonly openLink: (link: string) => Promise<void>;
  readonly organizations: { find(id: string): JoinedOrganization | undefined };
  readonly leave: (organizationId: string) => Promise<void>;
  /** Has the account use a key elsewhere from now on. */
  readonly moveAccountKey: (move: AccountKeyMove) => Promise<void>;
  readonly registrations: Pick<
    Registrations,
    'credentials' | 'registerPasskey' | 'stopRegistering' | 'registerKey' | 'forget'
  >;
  readonly authenticator: Pick<Authenticator, 'keep' | 'forget'>;
  /** Asks for a profile file; `null` when the person chose none. */
  readonly chooseProfileFile: () => Promise<string | null>;
  /** Opens an https address in the browser. */
  readonly openExternal: (url: string) => Promise<void>;
}

export function organizationHandlers(room: OrganizationRoom) {
  const { previews, leave, moveAccountKey, registrations, chooseProfileFile, openExternal } = room;
  return {
    async openLink({ link }) {
      await room.openLink(link);
    },
    async chooseFile() {
      const path = await chooseProfileFile();
      if (path !== null) await previews.openFile(path);
    },
    async openText({ text }) {
      await previews.openText(text);
    },
    async openAsked() {
      await previews.openAsked();
    },
    async openLocalCa() {
      await previews.openLocalCa();
    },
    accept: (request) => previews.accept(request),
    async dismiss() {
      previews.dismiss();
      return Promise.resolve(undefined);
    },
    async leave({ organizationId }) {
      await leave(organizationId);
    },
    async moveAccountKey(move) {
      await moveAccountKey(move);
    },
    credentials: ({ organizationId }) => registrations.credentials(organizationId),
    async registerPasskey(wanted) {
      await registrations.registerPasskey(wanted);
    },
    async stopRegistering({ organizationId }) {
      registrations.stopRegistering(organizationId);
      return Promise.resolve(undefined);
    },
    async registerKey(wanted) {
      await registrations.registerKey(wanted);
    },
    async forgetCredential(registered) {
      await registrations.forget(registered);
    },
    async keepAuthenticator({ organizationId, uri }) {
      if (room.organizations.find(organizationId) === undefined) {
        throw new PreviewError('gone', 'no organisation by that id');
      }
      await room.authenticator.keep(organizationId, uri);
    },
    async forgetAuthenticator({ organizationId }) {
      room.authenticator.forget(organizationId);
      return Promise.resolve(undefined);
    },
    async openPage({ organizationId, page }) {
      await openExternal(pageOf(profileOf(room, organizationId), page));
    },
  } satisfies Handlers['organization'];
}

/** The profile that is shown or was joined under that id. */
function profileOf({ previews, organizations }: OrganizationRoom, id: string): EnrollmentProfile {
  const { state } = previews;
  const shown = state?.status === 'ready' ? state.preview.verified.profile : undefined;
  const profile = shown?.id === id ? shown : organizations.find(id)?.profile;
  if (profile === undefined) throw new PreviewError('gone', 'no organisation by that id');
  return profile;
}

/** The address comes from the signed profile, never from the page. */
function pageOf({ organization }: EnrollmentProfile, page: 'terms' | 'helpdesk'): string {
  const url = page === 'terms' ? organization.terms : organization.helpdesk?.url;
  if (url === undefined) throw new PreviewError('gone', 'the organisation has no such page');
  return url;
}
