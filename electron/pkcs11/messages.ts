import { z } from 'zod';
import { moduleFaults, tokenFaults } from '../../shared/failure.ts';
import { keyTypes } from '../../shared/models/enrollment-profile.ts';
import { pinStates } from '../../shared/models/token.ts';
import { limits } from './limits.ts';

// What main and a token process say to each other. Both sides check: a module is foreign code that runs in the process,
// and may have taken it over.

const { mostText, mostOctets, mostPin, mostObjects, mostReaders, mostIssuers } = limits;

const text = z.string().max(mostText);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const octets = (most: number): z.ZodType<Uint8Array> =>
  z.instanceof(Uint8Array).refine((value) => value.byteLength <= most);
const pin = octets(mostPin).nullable();
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** CK_SLOT_ID as the octets of this machine. */
const slot = z.string().regex(/^(?:[0-9a-f]{8}){1,2}$/);
/** CKA_ID; modules may have objects without one. */
const objectId = z.string().regex(/^(?:[0-9a-f]{2}){0,256}$/);
const keyId = z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/);
const keyType = z.enum(keyTypes);
const pinState = z.enum(pinStates);

const identity = z.strictObject({ label: text, manufacturer: text, model: text, serial: text });

/** Which token a request is for: it is looked at again, for a card can be another by then. */
const place = { slot, token: identity };
const hold = z.strictObject({
  seconds: z.number().positive().max(3_600),
  uses: z.number().int().min(1).max(1_000),
});
const authentication = z.strictObject({ pin, acceptFinalTry: z.boolean() });
const change = { current: pin, next: pin, acceptFinalTry: z.boolean() };
const keyed = { ...place, id: keyId };

const lock = z.strictObject({
  login: z.enum(['pin', 'pin-pad', 'none']),
  pin: pinState,
  puk: pinState,
  pinLength: z.strictObject({ min: count, max: count }),
  isLoggedIn: z.boolean(),
});

const token = z.strictObject({
  ...identity.shape,
  kind: z.enum(['token', 'tpm']),
  isInitialized: z.boolean(),
  isWritable: z.boolean(),
  login: lock.shape.login,
  pin: pinState,
  puk: pinState,
  pinLength: lock.shape.pinLength,
  freeMemory: count.optional(),
  makes: z.array(keyType).max(keyTypes.length),
  signs: z.array(keyType).max(keyTypes.length),
  keys: z
    .array(
      z.strictObject({
        keyId: objectId,
        label: text,
        type: keyType.nullable(),
        algorithm: text,
        alwaysAuthenticate: z.boolean(),
      }),
    )
    .max(mostObjects),
  certificates: z
    .array(
      z.strictObject({
        keyId: objectId,
        label: text,
        subject: text,
        issuer: text,
        notBefore: time,
        notAfter: time,
        fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
        isSelfSigned: z.boolean(),
      }),
    )
    .max(mostObjects),
  unread: count,
  /** Its objects could not be read. */
  fault: z.strictObject({ fault: z.enum(tokenFaults), detail: text.optional() }).optional(),
});

const inventory = z.strictObject({
  readers: z
    .array(z.strictObject({ slot, name: text, isHardware: z.boolean(), token: token.nullable() }))
    .max(mostReaders),
});

const foundKey = z.strictObject({
  type: keyType,
  publicSpki: octets(mostOctets),
  alwaysAuthenticate: z.boolean(),
  isExtractable: z.boolean(),
  neverExtractable: z.boolean(),
  local: z.boolean(),
});

const issuers = z.array(octets(mostOctets)).max(mostIssuers);

const nothing = z.null();

/** Every call: what it takes and what it gives. */
const calls = {
  /** Loads and initialises the module; the first call of each process. */
  open: {
    takes: z.strictObject({ path: z.string().min(1).max(4_096) }),
    gives: z.strictObject({ name: text }),
  },
  inventory: { takes: z.strictObject({}), gives: inventory },
  lock: { takes: z.strictObject(place), gives: lock },
  login: {
    takes: z.strictObject({ ...place, pin, acceptFinalTry: z.boolean(), hold }),
    gives: nothing,
  },
  logout: { takes: z.strictObject(place), gives: nothing },
  generateKeyPair: {
    takes: z.strictObject({ ...keyed, type: keyType, label: text }),
    gives: foundKey,
  },
  findKey: {
    takes: z.strictObject(keyed),
    gives: z.union([foundKey, z.literal('incomplete'), z.null()]),
  },
  sign: {
    takes: z.strictObject({
      ...keyed,
      type: keyType,
      data: octets(1 << 24),
      authentication: authentication.optional(),
    }),
    gives: octets(1_024),
  },
  readCertificates: {
    takes: z.strictObject(place),
    gives: z
      .array(z.strictObject({ keyId: objectId, certificate: octets(limits.mostCertificate) }))
      .max(limits.mostCertificates),
  },
  writeCertificates: {
    takes: z.strictObject({
      ...keyed,
      label: text,
      certificate: octets(mostOctets),
      chain: issuers,
    }),
    gives: nothing,
  },
  remove: { takes: z.strictObject({ ...keyed, chain: issuers }), gives: nothing },
  removeCertificates: {
    takes: z.strictObject({
      ...keyed,
      certificates: z.array(octets(mostOctets)).max(mostIssuers + 1),
    }),
    gives: nothing,
  },
  changePin: { takes: z.strictObject({ ...place, ...change }), gives: nothing },
  unblockPin: { takes: z.strictObject({ ...place, ...change }), gives: nothing },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.output<(typeof calls)[Name]['takes']>;
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]['gives']>;

export type Inventory = z.output<typeof inventory>;
export type FoundReader = Inventory['readers'][number];
export type FoundToken = z.output<typeof token>;
export type LockState = z.output<typeof lock>;

/** A request with its number, by which the answer is known. */
export type TokenRequest = {
  [Name in CallName]: {
    readonly id: number;
    readonly call: Name;
    readonly input: CallInput<Name>;
  };
}[CallName];

const answer = z.strictObject({ id: count, value: z.unknown() });
const refusal = z.strictObject({
  id: count,
  fault: z.enum(tokenFaults),
  detail: text.optional(),
});
const moduleRefusal = z.strictObject({
  id: count,
  moduleFault: z.enum(moduleFaults),
  detail: text.optional(),
});
const slotsChanged = z.strictObject({ event: z.literal('slots-changed') });
const reply = z.union([refusal, moduleRefusal, slotsChanged, answer]);

/** What a token process says: an answer, why there is none, or that something was plugged in or pulled out. */
export type TokenReply = z.output<typeof reply>;

const envelope = z.strictObject({
  id: count,
  call: z.enum(Object.keys(calls) as [CallName, ...CallName[]]),
  input: z.unknown(),
});

/** `null`: no request of ours. */
export function readRequest(message: unknown): TokenRequest | null {
  const outer = envelope.safeParse(message);
  if (!outer.success) return null;
  const { id, call } = outer.data;
  const input = calls[call].takes.safeParse(outer.data.input);
  if (!input.success) return null;
  return { id, call, input: input.data } as TokenRequest;
}

/** Whether the call takes that. */
export const isInput = (call: CallName, value: unknown): boolean =>
  calls[call].takes.safeParse(value).success;

/** The number of what is no request of ours, so that whoever sent it need not wait; `null`: it has none. */
export function numberOfRequest(message: unknown): number | null {
  const numbered = z.object({ id: count }).safeParse(message);
  return numbered.success ? numbered.data.id : null;
}

/** `null`: no reply that a token process of ours gives. */
export function readReply(message: unknown): TokenReply | null {
  const parsed = reply.safeParse(message);
  return parsed.success ? parsed.data : null;
}

/** `undefined`: not what that call gives. */
export function readOutput<Name extends CallName>(
  call: Name,
  value: unknown,
): CallOutput<Name> | undefined {
  const parsed = calls[call].gives.safeParse(value);
  return parsed.success ? (parsed.data as CallOutput<Name>) : undefined;
}
