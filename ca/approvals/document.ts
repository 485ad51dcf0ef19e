import type { ApprovalMethod } from '../approval-rule.ts';

/** Somebody, by the CA's register. */
export type PersonWords = { readonly name: string; readonly email: string };
export type ServiceWords = { readonly service: string };
export type SubjectWords = PersonWords | ServiceWords;

export const keyAlgorithms = [
  ...(['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096', 'Ed25519'] as const),
] as const;
export const keyPlaces = ['software', 'token', 'tpm', 'os'] as const;

/** The key to be certified, by the word of the requester's wallet but for digest and algorithm. */
export type ApprovedKey = {
  /** base64url. */
  readonly spkiSha256: string;
  readonly algorithm: (typeof keyAlgorithms)[number];
  readonly place: (typeof keyPlaces)[number];
  readonly token?: {
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
  };
  readonly neverExtractable: boolean;
  readonly local: boolean;
};

type CommonMembers = {
  readonly version: 1;
  readonly url: string;
  readonly organization: string;
  readonly requestedBy: SubjectWords;
  readonly profile: string;
  /** Dotted. */
  readonly usages: readonly string[];
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  /** Seconds. */
  readonly lifetime: number;
  readonly reason: string;
  readonly rule: {
    readonly approvals: number;
    readonly by: readonly ApprovalMethod[];
    readonly hardware: boolean;
  };
  readonly requested: string;
  readonly expires: string;
};

export type OrderDocument = CommonMembers & {
  readonly kind: 'order';
  readonly order: string;
  /** RFC 7638 thumbprint of the account key that ordered. */
  readonly requester: string;
  readonly key: ApprovedKey;
};

export type StandingDocument = CommonMembers & {
  readonly kind: 'standing';
  readonly proposedBy: PersonWords;
  readonly count: number;
  readonly until: string;
};

/** What is approved (docs/approvals.md §2). */
export type ApprovalDocument = OrderDocument | StandingDocument;
