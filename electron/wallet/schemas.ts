import { z } from 'zod';
import { enrollmentSteps, type TimelineEntry } from '../../shared/enrollment-state.ts';
import {
  authenticatorFaults,
  caaFaults,
  candidateFaults,
  certificateFaults,
  challengeFaults,
  installFaults,
  invitationFaults,
  issueTags,
  moduleFaults,
  networkFaults,
  passkeyFaults,
  profileFaults,
  proofLinks,
  secretStoreFaults,
  tokenFaults,
  walletStorageFaults,
  type Failure,
  type Identifier,
  type ProblemDocument,
} from '../../shared/failure.ts';
import { approvalFaults } from '../../shared/models/approval.ts';
import { networkFileFaults } from '../../shared/models/network.ts';
import {
  installTargets,
  proofMethods,
  untriedReasons,
  type Installation,
  type InstallResult,
  type Proof,
} from '../../shared/models/credential.ts';
import { networkMembers, type NetworkDescription } from '../../shared/models/network.ts';
import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';
import { documentFaults, timestampFaults } from '../../shared/models/signing.ts';
import { localizedText } from '../../shared/models/text.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';

// What the JSON columns may hold. The wallet wrote them, but the disk is outside: they are read like any outside input.

export const time = z.iso.datetime();
export const identity = z.string().min(1).max(200);
export const url = z.url().max(2048);

/** Which token is meant, for good. */
export const tokenReference = z.strictObject({
  label: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  serial: z.string(),
  modulePath: z.string().min(1),
}) satisfies z.ZodType<TokenReference>;

/** SHA-256 of a certificate. */
export const certificateFingerprint = z.string().regex(/^[0-9a-f]{64}$/);

/** CKA_ID. */
export const tokenKeyId = z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/);

export const identifier = z.strictObject({
  type: z.string(),
  value: z.string(),
}) satisfies z.ZodType<Identifier>;

const problem = z.strictObject({
  type: z.string(),
  detail: z.string(),
  status: z.int(),
  subproblems: z
    .array(
      z.strictObject({
        type: z.string(),
        detail: z.string(),
        identifier: identifier.exactOptional(),
      }),
    )
    .readonly(),
  instance: z.string().exactOptional(),
  helpUrl: z.string().exactOptional(),
  attemptsRemaining: z.number().exactOptional(),
  retryAt: z.string().exactOptional(),
}) satisfies z.ZodType<ProblemDocument>;

const profileFailure = z.strictObject({
  code: z.literal('profile'),
  reason: z.enum(profileFaults),
  detail: z.string().exactOptional(),
  organization: localizedText(80).exactOptional(),
  helpdesk: z
    .looseObject({
      email: z.string().optional(),
      phone: z.string().optional(),
      url: z.string().optional(),
    })
    .exactOptional(),
});

const simpleFailures = [
  z.strictObject({ code: z.literal('invalid-request') }),
  z.strictObject({ code: z.literal('internal') }),
  z.strictObject({ code: z.literal('not-found') }),
  z.strictObject({ code: z.literal('cancelled') }),
  z.strictObject({ code: z.literal('order-expired') }),
] as const;

const reasonFailures = [
  z.strictObject({
    code: z.literal('network'),
    reason: z.enum(networkFaults),
    host: z.string(),
  }),
  z.strictObject({
    code: z.literal('invitation'),
    reason: z.enum(invitationFaults),
    problem: problem.exactOptional(),
  }),
  z.strictObject({
    code: z.literal('secret-store'),
    reason: z.enum(secretStoreFaults),
  }),
  z.strictObject({
    code: z.literal('wallet-storage'),
    reason: z.enum(walletStorageFaults),
  }),
  z.strictObject({
    code: z.literal('certificate'),
    reason: z.enum(certificateFaults),
  }),
  z.strictObject({
    code: z.literal('install'),
    target: z.enum(installTargets),
    reason: z.enum(installFaults),
    link: z.enum(proofLinks).exactOptional(),
    detail: z.string().exactOptional(),
  }),
] as const;

const tokenFailures = [
  z.strictObject({
    code: z.literal('token'),
    reason: z.enum(tokenFaults),
    module: z.string(),
    token: z.string().exactOptional(),
    detail: z.string().exactOptional(),
  }),
  z.strictObject({
    code: z.literal('token-module'),
    reason: z.enum(moduleFaults),
    path: z.string(),
    detail: z.string().exactOptional(),
  }),
] as const;

const proofFailures = [
  z.strictObject({
    code: z.literal('unsafe-challenge'),
    reason: z.enum(challengeFaults),
    type: z.string(),
  }),
  z.strictObject({
    code: z.literal('passkey'),
    reason: z.enum(passkeyFaults),
    detail: z.string().exactOptional(),
  }),
  z.strictObject({ code: z.literal('candidate'), reason: z.enum(candidateFaults) }),
  z.strictObject({ code: z.literal('authenticator'), reason: z.enum(authenticatorFaults) }),
  z.strictObject({ code: z.literal('network-file'), reason: z.enum(networkFileFaults) }),
  z.strictObject({ code: z.literal('document'), reason: z.enum(documentFaults) }),
  z.strictObject({
    code: z.literal('timestamp'),
    reason: z.enum(timestampFaults),
    host: z.string(),
  }),
] as const;

const caaFailure = z.strictObject({
  code: z.literal('caa'),
  reason: z.enum(caaFaults),
  domain: z.string(),
  at: z.string(),
  issuer: z.string(),
  record: z
    .strictObject({ name: z.string(), tag: z.enum(issueTags), value: z.string() })
    .exactOptional(),
});

export const knownFailure = z.discriminatedUnion('code', [
  ...simpleFailures,
  ...reasonFailures,
  ...tokenFailures,
  ...proofFailures,
  profileFailure,
  caaFailure,
  z.strictObject({ code: z.literal('acme-problem'), problem }),
  z.strictObject({ code: z.literal('acme-protocol'), detail: z.string() }),
  z.strictObject({ code: z.literal('clock'), skewSeconds: z.number() }),
  z.strictObject({ code: z.literal('terms'), url: z.string() }),
  z.strictObject({
    code: z.literal('unsupported-challenge'),
    types: z.array(z.string()).readonly(),
  }),
  z.strictObject({
    code: z.literal('approval'),
    reason: z.enum(approvalFaults),
    detail: z.string().exactOptional(),
  }),
  z.strictObject({
    code: z.literal('not-approved'),
    reason: z.enum(['declined', 'expired', 'withdrawn']),
    by: z.string().exactOptional(),
    detail: z.string().exactOptional(),
  }),
  z.strictObject({ code: z.literal('authorization-failed'), problem: problem.exactOptional() }),
]) satisfies z.ZodType<Failure>;

/** A failure only tells the person something: one of another version must not keep the wallet from opening. */
export const failure = knownFailure.catch({ code: 'internal' });

export const timelineEntry = z.strictObject({
  step: z.enum(enrollmentSteps),
  status: z.enum(['pending', 'active', 'done', 'failed']),
  startedAt: time.exactOptional(),
  endedAt: time.exactOptional(),
}) satisfies z.ZodType<TimelineEntry>;

const proof = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('proven'),
    method: z.enum(proofMethods),
    by: z.string(),
    at: time,
  }),
  z.strictObject({
    status: z.literal('failed'),
    method: z.enum(proofMethods).exactOptional(),
    failure,
    at: time,
  }),
  z.strictObject({
    status: z.literal('not-tried'),
    method: z.enum(proofMethods).exactOptional(),
    reason: z.enum(untriedReasons).exactOptional(),
    by: z.string().exactOptional(),
  }),
]) satisfies z.ZodType<Proof>;

export const installation = z.strictObject({
  target: z.enum(installTargets),
  location: z.string(),
  installedAt: time,
  proofs: z.array(proof).readonly(),
}) satisfies z.ZodType<Installation>;

export const installResult = z.discriminatedUnion('status', [
  z.strictObject({ target: z.enum(installTargets), status: z.literal('working') }),
  z.strictObject({ target: z.enum(installTargets), status: z.literal('installed'), installation }),
  z.strictObject({ target: z.enum(installTargets), status: z.literal('failed'), failure }),
]) satisfies z.ZodType<InstallResult>;

const networkDescription = z.strictObject({
  ...networkMembers,
  ssids: networkMembers.ssids.readonly(),
  serverNames: networkMembers.serverNames.readonly(),
  serverRoots: networkMembers.serverRoots.readonly(),
  id: identity,
  name: z.string(),
  source: z.enum(['organization', 'file']),
}) satisfies z.ZodType<NetworkDescription>;

const radiusProbe = z.strictObject({
  host: z.string(),
  port: z.int(),
  secret: z.string(),
});

/** RFC 3161. */
const timestampServer = z.strictObject({
  url,
  /** Base64 DER; those of the organisation's profile when absent. */
  roots: z.array(z.string()).readonly().exactOptional(),
});

/** What a credential is used for, as the offer said when it was ordered: the same in plan and record. */
export const credentialUse = {
  /** A page of the organisation that asks for the certificate. */
  probeUrl: url.exactOptional(),
  radiusProbe: radiusProbe.exactOptional(),
  /** The network itself may be joined for a try. */
  probesNetwork: z.boolean().exactOptional(),
  networks: z.array(networkDescription).readonly().exactOptional(),
  /** Pages, as origins, that browsers are to show it without a question. */
  sites: z.array(url).readonly().exactOptional(),
  timestamp: timestampServer.exactOptional(),
} as const;
export type CredentialUse = Readonly<z.infer<z.ZodObject<typeof credentialUse>>>;

export const signerFingerprint = z.strictObject({
  hex: z.string().regex(/^[0-9a-f]{64}$/),
  words: z.array(z.string()).length(8),
}) satisfies z.ZodType<SignerFingerprint>;

export const vouchedBy = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('managed-policy'), source: z.string() }),
  z.strictObject({ by: z.literal('domain'), domain: z.string() }),
  z.strictObject({ by: z.literal('comparison') }),
  z.strictObject({ by: z.literal('local-ca') }),
]) satisfies z.ZodType<VouchedBy>;
