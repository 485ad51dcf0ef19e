/** Every path of the server, as a pattern for routing; `:name` is one segment. */
export const paths = {
  directory: '/acme/directory',
  newNonce: '/acme/new-nonce',
  newAccount: '/acme/new-account',
  newOrder: '/acme/new-order',
  newAuthz: '/acme/new-authz',
  newCredential: '/acme/new-credential',
  keyChange: '/acme/key-change',
  revokeCert: '/acme/revoke-cert',
  account: '/acme/account/:id',
  orders: '/acme/account/:id/orders',
  order: '/acme/order/:id',
  finalize: '/acme/order/:id/finalize',
  authorization: '/acme/authorization/:id',
  challenge: '/acme/challenge/:id',
  certificate: '/acme/certificate/:id',
  alternateCertificate: '/acme/certificate/:id/alternate',
  renewalInfo: '/acme/renewal-info',
  renewalInfoOf: '/acme/renewal-info/:certificateId',
  approvals: '/acme/approvals',
  approval: '/acme/approval/:id',
  receipt: '/acme/receipt/:id',
  approvalLog: '/acme/approval-log/:id',
  agreement: '/acme/agreement/:id',
  crl: '/ca/issuer.crl',
  issuer: '/ca/issuer.cer',
  root: '/ca/root.cer',
  rootPem: '/ca/root.pem',
  timestamp: '/ca/timestamp',
  terms: '/terms',
  rateLimits: '/rate-limits',
  website: '/',
  passkeyPage: '/portal/passkey',
} as const;

export type PathName = keyof typeof paths;

/** Makes the URLs that the server hands out; clients must send them back to the letter (RFC 8555 §6.4). */
export type Urls = {
  readonly origin: string;
  to(name: PathName, id?: string): string;
  /** The id in a URL that `to` made; undefined for any other text. */
  idOf(name: PathName, url: string): string | undefined;
};

export function createUrls(origin: string, termsPath: string = paths.terms): Urls {
  const places = { ...paths, terms: termsPath };
  return {
    origin,
    to: (name, id = '') => `${origin}${places[name].replace(':id', id)}`,
    idOf(name, url) {
      const [before = '', after = ''] = `${origin}${places[name]}`.split(':id');
      if (!url.startsWith(before) || !url.endsWith(after)) return undefined;
      const id = url.slice(before.length, url.length - after.length);
      return isId(id) ? id : undefined;
    },
  };
}

/** Ids are 128 random bits in base64url. */
export function isId(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}
