import type { Result } from '../../shared/failure.ts';
import { channelName, contract, type Handlers } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import { openBorder } from '../ipc/border.ts';
import { isMainFrameOf, type Sender } from '../ipc/sender.ts';

export const origin = 'app://wallet';
const page = { id: 7 };
/** Our page. */
export const us: Sender = {
  sender: { id: 7 },
  senderFrame: { url: 'app://wallet/index.html', parent: null },
};

/** A request that each channel accepts: what hostile payloads are made of. */
const accepted: { readonly [Group in keyof Handlers]: Record<keyof Handlers[Group], object> } = {
  wallet: { initial: {}, changeSettings: { theme: 'dark' }, retrySecretStore: {} },
  organization: {
    openLink: { link: 'countersign://join' },
    chooseFile: {},
    openText: { text: 'e30' },
    openAsked: {},
    openLocalCa: {},
    accept: { previewId: 'a', wordsMatch: true, replaceInvitation: false },
    dismiss: {},
    leave: { organizationId: 'a' },
    moveAccountKey: { organizationId: 'a', keyPlace: { in: 'token', tokenId: 'b' } },
    credentials: { organizationId: 'a' },
    registerPasskey: { organizationId: 'a', way: 'window', name: 'Laptop' },
    stopRegistering: { organizationId: 'a' },
    registerKey: { organizationId: 'a', keyPlace: { in: 'software' } },
    forgetCredential: { organizationId: 'a', kind: 'key', id: 'b' },
    keepAuthenticator: { organizationId: 'a', uri: octets(64) },
    forgetAuthenticator: { organizationId: 'a' },
    openPage: { organizationId: 'a', page: 'terms' },
  },
  enrollment: {
    start: {
      organizationId: 'a',
      offerId: 'b',
      email: 'alex@example.test',
      keyType: 'P-256',
      keyPlace: { in: 'software' },
    },
    answer: { enrollmentId: 'a', challengeId: 'b', answer: { by: 'code', otp: '123456' } },
    remind: { enrollmentId: 'a' },
    message: { enrollmentId: 'a', text: 'b' },
    stopAnswering: { enrollmentId: 'a', challengeId: 'b' },
    cancel: { enrollmentId: 'a' },
    resume: { enrollmentId: 'a' },
    dismiss: { enrollmentId: 'a' },
  },
  approval: {
    watch: {},
    refresh: {},
    open: { organizationId: 'a', approvalId: 'b' },
    dismissAsked: {},
    approve: {
      ...{ organizationId: 'a', approvalId: 'b', digest: 'A'.repeat(43), challengeId: 'c' },
      answer: { by: 'key', thumbprint: 'A'.repeat(43) },
    },
    stopApproving: { organizationId: 'a', approvalId: 'b' },
    decline: { organizationId: 'a', approvalId: 'b', digest: 'A'.repeat(43), reason: 'no' },
    message: { organizationId: 'a', approvalId: 'b', text: 'why?' },
    propose: {
      ...{ organizationId: 'a', domain: 'corp.example', requester: { service: 'build' } },
      ...{ profile: 'b', count: 3, until: '2026-12-24T00:00:00Z', reason: 'b' },
    },
    withdraw: { organizationId: 'a', approvalId: 'b', reason: 'b' },
    saveReceipt: { receiptId: 'a' },
  },
  token: {
    watch: {},
    refresh: {},
    addModule: {},
    forgetModule: { moduleId: 'a' },
    compatibility: { organizationId: 'a', offerId: 'b' },
    changePin: { tokenId: 'a', pin: octets(6), newPin: octets(8), acceptFinalTry: false },
    unblockPin: { tokenId: 'a', puk: octets(8), newPin: octets(255), acceptFinalTry: true },
    removeKey: { tokenId: 'a', keyId: '00ff' },
    answerPin: { questionId: 'a', pin: octets(6), acceptFinalTry: false },
    declinePin: { questionId: 'a' },
  },
  credential: {
    detail: { credentialId: 'a' },
    prove: { credentialId: 'a', target: 'nss' },
    install: { credentialId: 'a', target: 'nss' },
    export: { credentialId: 'a', format: 'pkcs12', passphrase: 'correct horse', legacy: false },
    chooseNetwork: { credentialId: 'a' },
    useNetwork: { credentialId: 'a', networkId: 'b' },
    browserPolicies: { credentialId: 'a' },
    setBrowserPolicy: { credentialId: 'a', browser: 'chromium' },
    withdrawBrowserPolicy: { credentialId: 'a', browser: 'firefox' },
    signingTools: { credentialId: 'a' },
    configurations: { credentialId: 'a' },
    saveConfiguration: { credentialId: 'a', program: 'openvpn' },
    signDocument: { credentialId: 'a' },
    dismissInterrupted: {},
    revoke: { credentialId: 'a', reason: 'unspecified' },
    remove: { credentialId: 'a' },
  },
};

export function octets(length: number): Uint8Array {
  return new Uint8Array(length).fill(49);
}

/** Every request of the contract, with one that it accepts. */
export const requests = Object.entries<Readonly<Record<string, Entry>>>(contract).flatMap(
  ([group, entries]) =>
    Object.entries(entries)
      .filter(([, { kind }]) => kind === 'invoke')
      .map(([entry]) => {
        const requestsOfGroup = (accepted as Record<string, Record<string, object>>)[group];
        return { channel: channelName(group, entry), group, entry, good: requestsOfGroup?.[entry] };
      }),
);

export type Door = (event: Sender, request: unknown) => Promise<Result<unknown>>;

/** What a handler throws whose error holds more than may be told. */
export class Secret extends Error {
  readonly secret = 'hunter2';
}

/** A border whose handlers tell what reached them. */
export function border(answer: () => unknown = () => 'done') {
  const doors = new Map<string, Door>();
  const reached: { readonly channel: string; readonly request: unknown }[] = [];
  const handlers: Record<string, Record<string, (request: unknown) => Promise<unknown>>> = {};
  for (const { group, entry, channel } of requests) {
    (handlers[group] ??= {})[entry] = async (request) => {
      reached.push({ channel, request });
      return Promise.resolve(answer());
    };
  }
  openBorder<Sender>(() => Promise.resolve(handlers as unknown as Handlers), {
    handle: (channel, door) => doors.set(channel, door),
    isOurMainFrame: (event) => isMainFrameOf(page, origin, event),
    toFailure: (error) => ({ code: error instanceof Secret ? 'not-found' : 'internal' }),
  });
  const ask = (channel: string, request: unknown, sender = us) => {
    const door = doors.get(channel);
    if (door === undefined) throw new Error(`no door ${channel}`);
    return door(sender, request);
  };
  return { doors, reached, ask };
}

/** The answer to what does not fit a schema. */
export const refused = { ok: false, failure: { code: 'invalid-request' } };

/** Requests that no channel may take, made from one that it takes. */
export function hostile(good: object): readonly unknown[] {
  const members = Object.keys(good);
  const junk = [undefined, null, 7, '', 'text', true, [], [good], new Date(), new Map([['a', 1]])];
  const replacements: readonly unknown[] = [
    null,
    {},
    [],
    '',
    7.5,
    NaN,
    'x'.repeat(300_000),
    { toString: 1 },
    ['a'],
    new Uint8Array(0),
    new Uint8Array(2049),
    new Uint16Array(4),
    new DataView(new ArrayBuffer(4)),
  ];
  return [
    ...junk,
    { ...good, extra: 1 },
    { ...good, code: 'x', constructor: { prototype: { polluted: true } } },
    JSON.parse(JSON.stringify({ ...good, a: 1 }).replace('"a":1', '"__proto__":{"polluted":true}')),
    Object.assign(Object.create({ polluted: true }) as object, good, { polluted: true }),
    ...members.map((member) => ({ ...good, [member]: undefined, [`${member}2`]: 1 })),
    ...members.flatMap((member) =>
      replacements.map((replacement) => ({ ...good, [member]: replacement })),
    ),
  ];
}
