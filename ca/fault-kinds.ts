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
  | 'newCredential'
  | 'authorization'
  | 'challenge'
  | 'certificate'
  | 'alternateCertificate'
  | 'revokeCert'
  | 'renewalInfo'
  | 'approvals'
  | 'approval'
  | 'receipt'
  | 'approvalLog'
  | 'crl'
  | 'timestamp'
  | 'page';

/** How long to wait, in seconds, and which of the two forms of RFC 9110 §10.2.3 says so. */
export type RetryAfter = { readonly seconds: number; readonly form: 'seconds' | 'date' };

/** What renewal information says in place of the window that is right (RFC 9773 §4.2). */
export type FaultyWindow =
  | 'past'
  | 'future'
  | 'endsBeforeStart'
  | 'empty'
  | 'malformed'
  | 'missing'
  | { readonly start: unknown; readonly end: unknown };

/** In whose name, over what, or on whose page a stray request for a passkey wants one. */
export type StrayPasskey = 'otherHost' | 'otherChallenge' | 'otherPage';

/** Misbehaviour inside the protocol: a well-formed answer that a careful client must survive. */
export type ProtocolFault =
  /** Refuses a good nonce, before anything else of the request is looked at. */
  | { readonly kind: 'badNonce' }
  | { readonly kind: 'retryAfter'; readonly retryAfter: RetryAfter }
  | { readonly kind: 'missingRetryAfter' }
  /** Reverses `identifiers` and `authorizations` in an order that is answered. */
  | { readonly kind: 'shuffledOrder' }
  /** Reverses `challenges` in an authorization that is answered. */
  | { readonly kind: 'shuffledChallenges' }
  /** An object with a `status` is answered with one that no RFC knows; `suspended` when not said. */
  | { readonly kind: 'unknownStatus'; readonly status?: string }
  /** The order or authorization that is asked for, or whose challenge is, expires at that moment. */
  | { readonly kind: 'expired' }
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
  /** A finalized order becomes invalid, with a problem that has a subproblem for each identifier. */
  | { readonly kind: 'orderInvalid' }
  | { readonly kind: 'rateLimited'; readonly retryAfter?: RetryAfter }
  /** A new order, or when aimed there a finalize request, is refused for its profile. */
  | { readonly kind: 'invalidProfile' }
  | { readonly kind: 'alreadyReplaced' }
  /** The directory has no `newAuthz`. */
  | { readonly kind: 'noNewAuthz' }
  | { readonly kind: 'newAuthzForbidden' }
  /** The certificate is for another key than the one in the request. */
  | { readonly kind: 'wrongSubjectPublicKey' }
  | {
      readonly kind: 'renewalInfo';
      readonly window?: FaultyWindow;
      readonly explanationURL?: string;
      readonly retryAfter?: RetryAfter | 'missing' | 'malformed';
    }
  /** A dns-persist-01 challenge names so many issuers; 0 and more than 10 are malformed. */
  | { readonly kind: 'issuerDomainNames'; readonly count: number }
  /**
   * The server's clock is off by so many seconds, for as long as the fault is armed. One-time codes are still
   * judged by the right time.
   */
  | { readonly kind: 'clockSkew'; readonly seconds: number }
  /** keyChange answers 409 with the Location of another account. */
  | { readonly kind: 'rolloverConflict' }
  /** The terms of service have changed (RFC 8555 §7.3.3). */
  | { readonly kind: 'userActionRequired' }
  /** A new authorization offers challenge types nobody knows, before and after the real ones or in their place. */
  | { readonly kind: 'unknownChallenges'; readonly alone?: boolean }
  /** A new authorization offers dns-01 beside whatever it is that the profile asks for. */
  | { readonly kind: 'besideDomainProof' }
  /** An authorization that is answered asks for a passkey as no client may follow. */
  | { readonly kind: 'strayPasskey'; readonly by: StrayPasskey }
  /** A totp-01 challenge has six digits as its token, as draft-ietf-acme-client-14 prints it. */
  | { readonly kind: 'literalTotp' }
  | { readonly kind: 'tokenWithSpaces' }
  /** All challenges of a new authorization have one token. */
  | { readonly kind: 'sharedToken' };

/** Misbehaviour of the connection or of what stands between client and server. */
export type TransportFault =
  /** Acts on the request, then does not answer until released. */
  | { readonly kind: 'hold' }
  /** Acts, sends half of the body, and nothing more until released; then the connection ends. */
  | { readonly kind: 'stalledBody' }
  | { readonly kind: 'dropBeforeActing' }
  | { readonly kind: 'dropAfterActing' }
  /** Answers as an overloaded server or a proxy in front of it would: without acting, when not said otherwise. */
  | {
      readonly kind: 'httpStatus';
      readonly status: 500 | 502 | 503;
      readonly retryAfter?: RetryAfter;
      readonly when?: 'before' | 'after';
    }
  /** Announces the whole body, sends half of it, closes. */
  | { readonly kind: 'truncatedBody' }
  /** Sends the body followed by that many bytes of white space; 64 MiB when not said. */
  | { readonly kind: 'oversizedBody'; readonly bytes?: number }
  | { readonly kind: 'wrongContentType'; readonly contentType?: string }
  | { readonly kind: 'missingLocation' }
  | { readonly kind: 'missingNonce' }
  /** The Replay-Nonce is not base64url (RFC 8555 §6.5.1). */
  | { readonly kind: 'malformedNonce' };

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
