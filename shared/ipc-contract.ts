import { z } from 'zod';
import { passkeyWays, type EnrollmentState } from './enrollment-state.ts';
import type { Result } from './failure.ts';
import { invoke, notify, type Entry, type Invoke, type Notify } from './ipc-entry.ts';
import {
  installTargets,
  revocationReasons,
  type CredentialDetail,
  type Installation,
} from './models/credential.ts';
import { approvalChannels } from './approval-channels.ts';
import {
  challengeAnswer,
  identity,
  keyPlaceChoice,
  newKeyPlace,
  nothing,
  pin,
  resourceUrl,
  tokenKeyId,
} from './ipc-requests.ts';
import { policyBrowsers, type BrowserPolicyView } from './models/browser-policy.ts';
import { keyTypes } from './models/enrollment-profile.ts';
import type { NetworkView } from './models/network.ts';
import type { RegisteredCredentials } from './models/organization.ts';
import {
  configuredPrograms,
  type ConfigurationText,
  type SignedDocument,
  type SigningToolView,
} from './models/signing.ts';
import type { TokenCompatibility, TokensView } from './models/token.ts';
import { languages, themes, type InitialState, type WalletSnapshot } from './models/wallet.ts';

/** Every channel between the renderer and main, once. Both sides are derived from it. */
export const contract = {
  wallet: {
    initial: invoke<InitialState>()(nothing),
    changeSettings: invoke<undefined>()(
      z.strictObject({
        language: z.enum([...languages, 'system']).optional(),
        theme: z.enum(themes).optional(),
      }),
    ),
    retrySecretStore: invoke<undefined>()(nothing),
    changed: notify<WalletSnapshot>(),
  },
  organization: {
    /** A `countersign://` or https invitation that was pasted or dropped. */
    openLink: invoke<undefined>()(z.strictObject({ link: z.string().min(1).max(8192) })),
    /** Asks for an `.enroll` file with the system's dialog. */
    chooseFile: invoke<undefined>()(nothing),
    /** The text of a dropped `.enroll` file. */
    openText: invoke<undefined>()(z.strictObject({ text: z.string().min(1).max(262_144) })),
    /** Opens what came from outside and is asked about. */
    openAsked: invoke<undefined>()(nothing),
    openLocalCa: invoke<undefined>()(nothing),
    accept: invoke<{ readonly organizationId: string }>()(
      z.strictObject({
        previewId: identity,
        wordsMatch: z.boolean(),
        /** Whether this invitation takes the place of one that was not used yet. */
        replaceInvitation: z.boolean().default(false),
      }),
    ),
    dismiss: invoke<undefined>()(nothing),
    /** Forgets an organisation of which nothing is under way; its credentials stay. */
    leave: invoke<undefined>()(z.strictObject({ organizationId: identity })),
    /** Has the account use a key elsewhere from now on (RFC 8555 §7.3.5). */
    moveAccountKey: invoke<undefined>()(
      z.strictObject({ organizationId: identity, keyPlace: newKeyPlace }),
    ),
    /** What the organisation knows as this person's besides the account; asks the CA. */
    credentials: invoke<RegisteredCredentials>()(z.strictObject({ organizationId: identity })),
    /** Has the person make a passkey, in a window or in the browser. */
    registerPasskey: invoke<undefined>()(
      z.strictObject({
        organizationId: identity,
        way: z.enum(passkeyWays),
        name: z.string().trim().min(1).max(64).optional(),
      }),
    ),
    /** Ends the making of a passkey that is under way. */
    stopRegistering: invoke<undefined>()(z.strictObject({ organizationId: identity })),
    /** Makes a key pair that the organisation then knows as this person's. */
    registerKey: invoke<undefined>()(
      z.strictObject({ organizationId: identity, keyPlace: newKeyPlace }),
    ),
    /** Has the organisation forget one; a key pair of this wallet is gone then. */
    forgetCredential: invoke<undefined>()(
      z.strictObject({
        organizationId: identity,
        kind: z.enum(['passkey', 'key']),
        /** Of a key pair, its thumbprint. */
        id: z.string().min(1).max(2048),
      }),
    ),
    /**
     * Has the wallet make the one-time codes of this organisation itself, by what an authenticator app would be given:
     * an `otpauth:` address, or the secret in Base32, as text in octets that are overwritten. Refused where the managed
     * policy does not allow it: such codes are no second factor.
     */
    keepAuthenticator: invoke<undefined>()(
      z.strictObject({
        organizationId: identity,
        uri: z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length <= 2048),
      }),
    ),
    forgetAuthenticator: invoke<undefined>()(z.strictObject({ organizationId: identity })),
    /** Opens terms or help desk pages of a joined or previewed organisation in the browser. */
    openPage: invoke<undefined>()(
      z.strictObject({ organizationId: identity, page: z.enum(['terms', 'helpdesk']) }),
    ),
  },
  enrollment: {
    start: invoke<{ readonly enrollmentId: string }>()(
      z.strictObject({
        organizationId: identity,
        offerId: identity,
        email: z.email().max(254).optional(),
        keyType: z.enum(keyTypes).optional(),
        /** The offer's first that is there when not said. */
        keyPlace: keyPlaceChoice.optional(),
        /** Why it is asked for, for those who have to approve it. */
        reason: z.string().trim().max(400).optional(),
      }),
    ),
    /** Has the CA remind those who have not decided about it. */
    remind: invoke<undefined>()(z.strictObject({ enrollmentId: identity })),
    /** Says something to those who decide about it. */
    message: invoke<undefined>()(
      z.strictObject({ enrollmentId: identity, text: z.string().trim().min(1).max(400) }),
    ),
    /** One call is at most one attempt at the CA. */
    answer: invoke<undefined>()(
      z.strictObject({
        enrollmentId: identity,
        challengeId: resourceUrl,
        answer: challengeAnswer,
      }),
    ),
    /** Ends a question for a PIN or a passkey's ceremony that is under way; the order is not spent by it. */
    stopAnswering: invoke<undefined>()(
      z.strictObject({ enrollmentId: identity, challengeId: resourceUrl }),
    ),
    cancel: invoke<undefined>()(z.strictObject({ enrollmentId: identity })),
    resume: invoke<undefined>()(z.strictObject({ enrollmentId: identity })),
    /** Takes a finished, failed or cancelled enrolment off the list. */
    dismiss: invoke<undefined>()(z.strictObject({ enrollmentId: identity })),
    changed: notify<EnrollmentState>(),
  },
  approval: approvalChannels,
  token: {
    /** Starts the modules, unless that was done: from then on changes are told. */
    watch: invoke<undefined>()(nothing),
    /** Looks at all readers again, and starts modules that failed. */
    refresh: invoke<undefined>()(nothing),
    /** Asks for a module with the system's dialog, checks it, and uses it from now on. */
    addModule: invoke<undefined>()(nothing),
    /** One that the person added. */
    forgetModule: invoke<undefined>()(z.strictObject({ moduleId: identity })),
    /** Each token that is there, held against what an offer asks for. */
    compatibility: invoke<readonly TokenCompatibility[]>()(
      z.strictObject({ organizationId: identity, offerId: identity }),
    ),
    /** `pin` and `newPin` are absent where the reader has a PIN pad. */
    changePin: invoke<undefined>()(
      z.strictObject({
        tokenId: identity,
        pin: pin.optional(),
        newPin: pin.optional(),
        acceptFinalTry: z.boolean().default(false),
      }),
    ),
    /** By the PUK, which PKCS #11 calls the security officer's PIN. */
    unblockPin: invoke<undefined>()(
      z.strictObject({
        tokenId: identity,
        puk: pin.optional(),
        newPin: pin.optional(),
        acceptFinalTry: z.boolean().default(false),
      }),
    ),
    /** One that the wallet made and that nothing needs any more. */
    removeKey: invoke<undefined>()(z.strictObject({ tokenId: identity, keyId: tokenKeyId })),
    /** Without `pin`: the person is ready to type it on the reader. */
    answerPin: invoke<undefined>()(
      z.strictObject({ questionId: identity, pin: pin.optional(), acceptFinalTry: z.boolean() }),
    ),
    declinePin: invoke<undefined>()(z.strictObject({ questionId: identity })),
    changed: notify<TokensView>(),
  },
  credential: {
    detail: invoke<CredentialDetail>()(z.strictObject({ credentialId: identity })),
    prove: invoke<Installation>()(
      z.strictObject({ credentialId: identity, target: z.enum(installTargets) }),
    ),
    install: invoke<Installation>()(
      z.strictObject({ credentialId: identity, target: z.enum(installTargets) }),
    ),
    /** Saves where the person chooses; a passphrase is asked for exactly when the key goes along. */
    export: invoke<{ readonly saved: boolean }>()(
      z.discriminatedUnion('format', [
        z.strictObject({ credentialId: identity, format: z.literal('pem') }),
        z.strictObject({
          credentialId: identity,
          format: z.literal('pkcs12'),
          passphrase: z.string().min(8).max(256),
          /** For programs that read no other: 3DES and SHA-1. */
          legacy: z.boolean().default(false),
        }),
        z.strictObject({ credentialId: identity, format: z.literal('pkcs7') }),
      ]),
    ),
    /** Asks for an `.eap-config` file with the system's dialog; null when the person thought better of it. Nothing is changed yet. */
    chooseNetwork: invoke<NetworkView | null>()(z.strictObject({ credentialId: identity })),
    /** Has the credential sign in to the network that was chosen last, from this computer's network settings. */
    useNetwork: invoke<undefined>()(
      z.strictObject({ credentialId: identity, networkId: identity }),
    ),
    /** What it takes for each browser here to show this credential without a question. */
    browserPolicies: invoke<readonly BrowserPolicyView[]>()(
      z.strictObject({ credentialId: identity }),
    ),
    setBrowserPolicy: invoke<undefined>()(
      z.strictObject({ credentialId: identity, browser: z.enum(policyBrowsers) }),
    ),
    withdrawBrowserPolicy: invoke<undefined>()(
      z.strictObject({ credentialId: identity, browser: z.enum(policyBrowsers) }),
    ),
    /** How programs that sign use this credential. */
    signingTools: invoke<readonly SigningToolView[]>()(z.strictObject({ credentialId: identity })),
    /** What programs and administrators need to use this credential elsewhere. */
    configurations: invoke<readonly ConfigurationText[]>()(
      z.strictObject({ credentialId: identity }),
    ),
    /** Saves where the person chooses. */
    saveConfiguration: invoke<{ readonly saved: boolean }>()(
      z.strictObject({ credentialId: identity, program: z.enum(configuredPrograms) }),
    ),
    /** Asks for a PDF and for where to save it signed; null when the person thought better of it. */
    signDocument: invoke<SignedDocument | null>()(z.strictObject({ credentialId: identity })),
    /** The person has read what became of installations that were interrupted. */
    dismissInterrupted: invoke<undefined>()(nothing),
    revoke: invoke<undefined>()(
      z.strictObject({
        credentialId: identity,
        reason: z.enum(revocationReasons),
      }),
    ),
    remove: invoke<undefined>()(z.strictObject({ credentialId: identity })),
  },
} as const satisfies Record<string, Record<string, Entry>>;

export type Contract = typeof contract;

type KeysOf<Group, Kind> = {
  [Key in keyof Group]: Group[Key] extends { readonly kind: Kind } ? Key : never;
}[keyof Group];

/** What main implements: every invoke entry, no more and no fewer. It returns values and throws. */
export type Handlers = {
  readonly [Group in keyof Contract]: {
    readonly [Key in KeysOf<Contract[Group], 'invoke'>]: Contract[Group][Key] extends Invoke<
      infer Request,
      infer Response
    >
      ? (request: z.output<Request>) => Promise<Response>
      : never;
  };
};

/** What main pushes through. */
export type Notifier = {
  readonly [Group in keyof Contract]: {
    readonly [Key in KeysOf<Contract[Group], 'notify'>]: Contract[Group][Key] extends Notify<
      infer Payload
    >
      ? (payload: Payload) => void
      : never;
  };
};

/** What the renderer sees as `window.wallet`: failures are values, nothing rejects. */
export type WalletApi = {
  readonly [Group in keyof Contract]: {
    readonly [Key in KeysOf<Contract[Group], 'invoke'>]: Contract[Group][Key] extends Invoke<
      infer Request,
      infer Response
    >
      ? (request: z.input<Request>) => Promise<Result<Response>>
      : never;
  } & {
    readonly [
      Key in KeysOf<Contract[Group], 'notify'> as `on${Capitalize<Key & string>}`
    ]: Contract[Group][Key] extends Notify<infer Payload>
      ? (listener: (payload: Payload) => void) => () => void
      : never;
  };
};

export const channelName = (group: string, entry: string): string => `wallet:${group}/${entry}`;
