/** The resources of the server, named as in RFC 8555 §7.1. */
export type ResourceName =
  | 'directory'
  | 'newNonce'
  | 'newAccount'
  | 'account'
  | 'orders'
  | 'keyChange'
  | 'newOrder'
  | 'order'
  | 'finalize'
  | 'newAuthz'
  | 'authorization'
  | 'challenge'
  | 'certificate'
  | 'alternateCertificate'
  | 'revokeCert'
  | 'crl'
  | 'page';

/** How long to wait, in seconds, and which of the two forms of RFC 9110 §10.2.3 says so. */
export type RetryAfter = { readonly seconds: number; readonly form: 'seconds' | 'date' };

/** Misbehaviour inside the protocol: a well-formed answer that a careful client must survive. */
export type ProtocolFault =
  /** Refuses a good nonce, before anything else of the request is looked at. */
  | { readonly kind: 'badNonce' }
  | { readonly kind: 'retryAfter'; readonly retryAfter: RetryAfter }
  /** Reverses `identifiers` and `authorizations` in an order that is answered. */
  | { readonly kind: 'shuffledOrder' }
  /** A new order gets one authorization more than it has identifiers; it is valid already. */
  | { readonly kind: 'extraAuthorization' }
  /** A new order's authorizations are all valid from the start. */
  | { readonly kind: 'validAuthorization' }
  /** A challenge that was answered stays `processing` for that many polls. */
  | { readonly kind: 'challengeProcessing'; readonly polls: number }
  /** An order that was finalized stays `processing` for that many polls. */
  | { readonly kind: 'orderProcessing'; readonly polls: number }
  /** Refuses a challenge response unseen, and leaves the challenge pending: with 403, or with 200 and `error`. */
  | { readonly kind: 'retryableRefusal'; readonly style: 'forbidden' | 'ok' }
  /** Fails an answered challenge for good, with a problem that has subproblems. */
  | { readonly kind: 'invalidWithSubproblems' }
  | { readonly kind: 'rateLimited'; readonly retryAfter?: RetryAfter }
  | { readonly kind: 'invalidProfile' }
  | { readonly kind: 'alreadyReplaced' }
  /** The directory has no `newAuthz`. */
  | { readonly kind: 'noNewAuthz' }
  | { readonly kind: 'newAuthzForbidden' }
  /** The certificate is for another key than the one in the request. */
  | { readonly kind: 'wrongSubjectPublicKey' }
  /** keyChange answers 409 with the Location of another account. */
  | { readonly kind: 'rolloverConflict' }
  /** The terms of service have changed (RFC 8555 §7.3.3). */
  | { readonly kind: 'userActionRequired' }
  /** A new authorization offers challenge types nobody knows, before and after the real ones. */
  | { readonly kind: 'unknownChallenges' }
  /** A totp-01 challenge has six digits as its token, as draft-ietf-acme-client-14 prints it. */
  | { readonly kind: 'literalTotp' }
  | { readonly kind: 'tokenWithSpaces' }
  /** All challenges of a new authorization have one token. */
  | { readonly kind: 'sharedToken' };

/** Misbehaviour of the connection or of what stands between client and server. */
export type TransportFault =
  /** Acts on the request, then does not answer until released. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'dropBeforeActing' }
  | { readonly kind: 'dropAfterActing' }
  /** Answers without acting, as an overloaded server or a proxy in front of it would. */
  | {
      readonly kind: 'httpStatus';
      readonly status: 500 | 502 | 503;
      readonly retryAfter?: RetryAfter;
    }
  /** Announces the whole body, sends half of it, closes. */
  | { readonly kind: 'truncatedBody' }
  /** Sends the body followed by that many bytes of white space; 64 MiB when not said. */
  | { readonly kind: 'oversizedBody'; readonly bytes?: number }
  | { readonly kind: 'wrongContentType'; readonly contentType?: string }
  | { readonly kind: 'missingLocation' }
  | { readonly kind: 'missingNonce' };

export type Fault = ProtocolFault | TransportFault;
export type FaultKind = Fault['kind'];

/** Where and how often an armed fault strikes: anywhere it applies and once, when not said. */
export type FaultAim = {
  readonly resource?: ResourceName;
  /** One object only, by its URL. */
  readonly url?: string;
  readonly times?: number;
};

export type FaultHandle = {
  /** Resolves when the fault has struck for the first time; for `hold`, when the request was acted on. */
  readonly reached: Promise<void>;
  /** How many strikes are left. */
  remaining(): number;
  /** Lets held requests go and disarms. */
  release(): void;
};

/** Chosen misbehaviour: nothing happens that was not armed, and armed faults strike in the order of arming. */
export type Faults = {
  arm(fault: Fault & FaultAim): FaultHandle;
  /** Releases and disarms everything. */
  clear(): void;
};
