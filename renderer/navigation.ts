import type { EnrollmentState } from '../shared/enrollment-state.ts';
import type { ApprovalReceipt } from '../shared/models/approval.ts';
import type { CredentialSummary } from '../shared/models/credential.ts';
import type {
  InvitationSummary,
  Organization,
  PreviewState,
} from '../shared/models/organization.ts';
import type { InitialState } from '../shared/models/wallet.ts';

/** Where the person went; the only thing that the renderer remembers by itself. */
export type Place =
  | { readonly at: 'home' }
  | { readonly at: 'welcome' }
  | { readonly at: 'tokens' }
  | { readonly at: 'approvals' }
  | { readonly at: 'approval'; readonly organizationId: string; readonly approvalId: string }
  | { readonly at: 'receipt'; readonly receipt: ApprovalReceipt }
  /** A standing pre-authorization. */
  | { readonly at: 'propose' }
  | {
      readonly at: 'choose';
      readonly organizationId: string;
      readonly invitation?: InvitationSummary;
    }
  | { readonly at: 'organization'; readonly organizationId: string }
  | { readonly at: 'enrollment'; readonly enrollmentId: string }
  | { readonly at: 'credential'; readonly credentialId: string };

type EnrollmentAt<Step extends EnrollmentState['step']> = Extract<EnrollmentState, { step: Step }>;
export type Proving = EnrollmentAt<'proving'>;
export type Installing = EnrollmentAt<'installing' | 'done'>;
export type Underway = Exclude<EnrollmentState, Proving | Installing>;

export type Screen =
  | { readonly name: 'welcome' }
  | { readonly name: 'home' }
  | { readonly name: 'tokens' }
  | { readonly name: 'approvals' }
  | { readonly name: 'approval'; readonly organizationId: string; readonly approvalId: string }
  | { readonly name: 'receipt'; readonly receipt: ApprovalReceipt }
  | { readonly name: 'propose' }
  | { readonly name: 'secret-store' }
  | { readonly name: 'organization'; readonly preview: PreviewState }
  | { readonly name: 'joined'; readonly organization: Organization }
  | {
      readonly name: 'choose';
      readonly organization: Organization;
      readonly invitation: InvitationSummary | undefined;
    }
  | { readonly name: 'prove'; readonly enrollment: Proving }
  /** `null`: started, but main has not said anything about it yet. */
  | { readonly name: 'progress'; readonly enrollment: Underway | null }
  | { readonly name: 'install'; readonly enrollment: Installing }
  | { readonly name: 'credential'; readonly credential: CredentialSummary };

/** Which screen is shown: follows from the wallet's state and from where the person went. */
export function screenOf(state: InitialState, place: Place): Screen {
  const { preview } = state.wallet;
  if (preview !== null) return { name: 'organization', preview };
  switch (place.at) {
    case 'tokens':
    case 'approvals':
    case 'propose':
      return { name: place.at };
    case 'approval':
      return {
        name: 'approval',
        organizationId: place.organizationId,
        approvalId: place.approvalId,
      };
    case 'receipt':
      return { name: 'receipt', receipt: place.receipt };
    default:
      return walletScreen(state, place);
  }
}

/** The screens about what the wallet has, and what it is getting. */
function walletScreen(state: InitialState, place: Place): Screen {
  const { organizations, credentials, secretStore } = state.wallet;
  if (place.at === 'enrollment') return enrollmentScreen(state.enrollments, place.enrollmentId);
  if (place.at === 'credential') {
    const credential = credentials.find(({ id }) => id === place.credentialId);
    if (credential !== undefined) return { name: 'credential', credential };
  }
  if (place.at === 'organization') {
    const organization = organizations.find(({ id }) => id === place.organizationId);
    if (organization !== undefined) return { name: 'joined', organization };
  }
  if (place.at === 'choose') {
    const organization = organizations.find(({ id }) => id === place.organizationId);
    if (organization !== undefined && secretStore.status !== 'ready')
      return { name: 'secret-store' };
    if (organization !== undefined)
      return { name: 'choose', organization, invitation: place.invitation };
  }
  if (place.at === 'welcome' || isUnused(state)) {
    return { name: secretStore.status === 'ready' ? 'welcome' : 'secret-store' };
  }
  return { name: 'home' };
}

/** True before the first organisation was joined. */
export function isUnused({ wallet, enrollments }: InitialState): boolean {
  return (
    wallet.organizations.length === 0 && wallet.credentials.length === 0 && enrollments.length === 0
  );
}

function enrollmentScreen(enrollments: readonly EnrollmentState[], id: string): Screen {
  const enrollment = enrollments.find(({ enrollmentId }) => enrollmentId === id);
  if (enrollment === undefined) return { name: 'progress', enrollment: null };
  switch (enrollment.step) {
    case 'proving':
      return { name: 'prove', enrollment };
    case 'installing':
    case 'done':
      return { name: 'install', enrollment };
    case 'working':
    case 'interrupted':
    case 'failed':
    case 'cancelled':
      return { name: 'progress', enrollment };
  }
}

/** Changes exactly when the person should notice that another screen is shown. */
export function screenKey(screen: Screen): string {
  switch (screen.name) {
    case 'organization':
      return screen.preview.status === 'ready'
        ? `organization ${screen.preview.preview.previewId}`
        : `organization ${screen.preview.status}`;
    case 'choose':
    case 'joined':
      return `${screen.name} ${screen.organization.id}`;
    case 'prove':
    case 'install':
      return `${screen.name} ${screen.enrollment.enrollmentId}`;
    case 'progress':
      return 'progress';
    case 'credential':
      return `credential ${screen.credential.id}`;
    case 'approval':
      return `approval ${screen.organizationId} ${screen.approvalId}`;
    case 'receipt':
      return `receipt ${screen.receipt.receiptId}`;
    case 'welcome':
    case 'home':
    case 'tokens':
    case 'approvals':
    case 'propose':
    case 'secret-store':
      return screen.name;
  }
}
