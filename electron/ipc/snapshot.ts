import type { Failure } from '../../shared/failure.ts';
import type { CredentialSummary, InstallTargetId } from '../../shared/models/credential.ts';
import type {
  Organization,
  OrganizationPreview,
  PreviewState,
} from '../../shared/models/organization.ts';
import type { TokenIdentity } from '../../shared/models/token.ts';
import type { Settings, WalletSnapshot } from '../../shared/models/wallet.ts';
import type { JoinedOrganization } from '../organizations/organization-store.ts';
import type { AccountRecord } from '../wallet/account-store.ts';
import type { TokenKeyRow } from '../wallet/token-key-table.ts';
import { organizationView } from '../organizations/organization-view.ts';
import type { Doorstep, Preview } from '../organizations/previews.ts';
import { bestLocale } from './locale.ts';

/** What a snapshot is made of; all of it is remembered elsewhere. */
export interface SnapshotSources {
  readonly version: string;
  readonly localCaOffered: boolean;
  readonly installTargets: readonly InstallTargetId[];
  readonly osKeysOffered: boolean;
  readonly deviceName: string;
  readonly settings: { read(): Settings };
  /** BCP 47 tags, the preferred first. */
  readonly systemLanguages: () => readonly string[];
  readonly secretStore: { readonly status: WalletSnapshot['secretStore'] };
  readonly previews: { readonly state: Doorstep | null };
  readonly organizations: { list(): readonly JoinedOrganization[] };
  readonly credentials: { summaries(): readonly CredentialSummary[] };
  readonly interruptedInstalls: () => WalletSnapshot['interruptedInstalls'];
  readonly accounts: {
    find(organizationId: string, directoryUrl: string): AccountRecord | undefined;
  };
  readonly authenticator: {
    standing(organizationId: string): Organization['ownAuthenticator'] | undefined;
  };
  readonly tokenKeys: { find(id: string): TokenKeyRow | undefined };
  readonly toFailure: (error: unknown) => Failure;
}

/** Everything the page may know, in one piece. */
export function walletSnapshot(sources: SnapshotSources): WalletSnapshot {
  const { version, localCaOffered, installTargets, osKeysOffered, deviceName } = sources;
  const { secretStore, previews, organizations, toFailure } = sources;
  const settings = sources.settings.read();
  return {
    version,
    settings,
    locale: bestLocale(settings.language, sources.systemLanguages()),
    secretStore: secretStore.status,
    localCaOffered,
    installTargets,
    osKeysOffered,
    deviceName,
    preview: previews.state && previewState(previews.state, toFailure),
    organizations: organizations.list().map((joined) => joinedView(joined, sources)),
    credentials: sources.credentials.summaries(),
    interruptedInstalls: sources.interruptedInstalls(),
  };
}

function joinedView(joined: JoinedOrganization, sources: SnapshotSources): Organization {
  const { vouchedBy, invitedEmail } = joined;
  const accountKey = accountKeyOf(joined, sources);
  const ownAuthenticator = sources.authenticator.standing(joined.profile.id);
  return {
    ...organizationView(joined),
    vouchedBy,
    ...(invitedEmail !== undefined && { invitedEmail }),
    ...(accountKey && { accountKey }),
    ...(ownAuthenticator && { ownAuthenticator }),
  };
}

/** Where the key of the account lives, once there is one. */
function accountKeyOf(
  { profile }: JoinedOrganization,
  { accounts, tokenKeys }: SnapshotSources,
): Organization['accountKey'] {
  const account = accounts.find(profile.id, profile.directory);
  if (account === undefined) return undefined;
  const token = tokenKeys.find(account.keyId)?.key.token;
  const { keyPlace: place, keyType: type } = account;
  return { place, type, ...(token !== undefined && { token: identityOf(token) }) };
}

const identityOf = ({ label, manufacturer, model, serial }: TokenIdentity): TokenIdentity => ({
  ...{ label, manufacturer, model, serial },
});

function previewState(doorstep: Doorstep, toFailure: (error: unknown) => Failure): PreviewState {
  switch (doorstep.status) {
    case 'asking':
      // A link may hold a secret.
      return { status: 'asking', kind: doorstep.received.kind, from: doorstep.from };
    case 'loading':
      return doorstep;
    case 'ready':
      return { status: 'ready', preview: previewView(doorstep.preview) };
    case 'failed':
      return { status: 'failed', failure: toFailure(doorstep.error) };
  }
}

/** Of an invitation's account binding, only whether there is one. */
function previewView(preview: Preview): OrganizationPreview {
  const { previewId, verified, vouchedBy, invitation, alreadyJoined, replacesInvitation } = preview;
  return {
    previewId,
    organization: organizationView(verified),
    vouchedBy,
    alreadyJoined,
    replacesInvitation,
    ...(invitation && {
      invitation: {
        ...(invitation.offerId !== undefined && { offerId: invitation.offerId }),
        ...(invitation.email !== undefined && { email: invitation.email }),
        bindsAccount: invitation.binding !== undefined,
      },
    }),
  };
}
