import type { PasskeyWay } from '../../shared/enrollment-state.ts';
import type { PasskeyFault } from '../../shared/failure.ts';

/** Has the person use a passkey, or make one, at the origin of a CA. */
export interface PasskeyCeremonies {
  /** Throws PasskeyError; rejects with the signal's reason when that aborts. */
  assert(request: AssertionRequest, signal: AbortSignal): Promise<AuthenticationResponseJSON>;
  register(request: RegistrationRequest, signal: AbortSignal): Promise<RegistrationResponseJSON>;
}

interface CeremonyRequest {
  readonly way: PasskeyWay;
  /** Whose CA it is: its roots, and nobody else's, vouch for the page. */
  readonly organizationId: string;
  /** Of the CA's directory, with its port, e.g. `https://ca.example:14000`. */
  readonly origin: string;
  /** The CA's own page for it (`webauthnUrl`), on that origin; the browser needs one, a window may do without. */
  readonly page: string | undefined;
  /** Shown on both sides, so that the person sees that they belong together. */
  readonly code: string;
  /** Host of the CA, for the person to read. */
  readonly caHost: string;
}

export interface AssertionRequest extends CeremonyRequest {
  readonly options: RequestOptions;
}

export interface RegistrationRequest extends CeremonyRequest {
  readonly options: CreationOptions;
}

/** `PublicKeyCredentialRequestOptionsJSON` of WebAuthn L3 §5.1.10, without what is never passed on. */
export interface RequestOptions {
  /** base64url. */
  readonly challenge: string;
  readonly rpId: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly userVerification: 'required';
  readonly allowCredentials?: readonly CredentialDescriptor[];
  readonly hints?: readonly string[];
}

/** `PublicKeyCredentialCreationOptionsJSON` of WebAuthn L3 §5.1.9, without what is never passed on. */
export interface CreationOptions {
  /** base64url. */
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: readonly { readonly type: 'public-key'; readonly alg: number }[];
  /** Milliseconds. */
  readonly timeout?: number;
  readonly excludeCredentials?: readonly CredentialDescriptor[];
  readonly authenticatorSelection: {
    readonly userVerification: 'required';
    readonly residentKey?: 'required' | 'preferred' | 'discouraged';
    readonly authenticatorAttachment?: 'platform' | 'cross-platform';
  };
  readonly attestation?: 'none';
  readonly hints?: readonly string[];
}

export interface CredentialDescriptor {
  readonly type: 'public-key';
  /** base64url. */
  readonly id: string;
  readonly transports?: readonly string[];
}

interface CredentialJSON {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly authenticatorAttachment?: string;
  readonly clientExtensionResults: Readonly<Record<string, never>>;
}

/** What `PublicKeyCredential.toJSON()` gives for an assertion; binary members are base64url. */
export interface AuthenticationResponseJSON extends CredentialJSON {
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

/** What `PublicKeyCredential.toJSON()` gives for a new credential; binary members are base64url. */
export interface RegistrationResponseJSON extends CredentialJSON {
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[];
  };
}

/** A passkey was not used or not made, and why. */
export class PasskeyError extends Error {
  readonly code = 'passkey';
  readonly reason: PasskeyFault;
  /** The name of what WebAuthn answered, e.g. `NotAllowedError`. */
  readonly detail: string | undefined;

  constructor(reason: PasskeyFault, message: string, options: PasskeyErrorOptions = {}) {
    super(message, options);
    this.name = 'PasskeyError';
    this.reason = reason;
    this.detail = options.detail;
  }
}

export interface PasskeyErrorOptions extends ErrorOptions {
  readonly detail?: string;
}
