/** Every request in the life of a certificate, in the order in which they are made (RFC 8555 §7.1). */
export const requests = [
  'directory',
  'newNonce',
  'newAccount',
  'newOrder',
  'authorization',
  'challenge',
  'authorization poll',
  'finalize',
  'order poll',
  'certificate',
  'renewalInfo',
  'keyChange',
  'revokeCert',
] as const;

export type RequestName = (typeof requests)[number];

const paths: readonly (readonly [RegExp, RequestName])[] = [
  [/\/directory$/, 'directory'],
  [/\/new-nonce$/, 'newNonce'],
  [/\/new-account$/, 'newAccount'],
  [/\/new-order$/, 'newOrder'],
  [/\/authorization\/[^/]+$/, 'authorization'],
  [/\/challenge\/[^/]+$/, 'challenge'],
  [/\/order\/[^/]+\/finalize$/, 'finalize'],
  [/\/order\/[^/]+$/, 'order poll'],
  [/\/certificate\/[^/]+$/, 'certificate'],
  [/\/renewal-info\/[^/]+$/, 'renewalInfo'],
  [/\/key-change$/, 'keyChange'],
  [/\/revoke-cert$/, 'revokeCert'],
];

/** Tells the requests of one run apart as they are made: whoever looks at an authorization after a response, polls. */
export class RequestNames {
  #responded = false;

  nameOf(url: string): RequestName | undefined {
    const { pathname } = new URL(url);
    const name = paths.find(([path]) => path.test(pathname))?.[1];
    if (name === 'challenge') this.#responded = true;
    return name === 'authorization' && this.#responded ? 'authorization poll' : name;
  }
}
