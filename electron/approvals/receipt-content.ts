import { z } from 'zod';
import { utcTime } from '../../shared/models/utc-time.ts';
import { canonicalJson, CanonicalJsonError } from './canonical-json.ts';

const binary = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .regex(/^[A-Za-z0-9_-]+$/)
    // The one way to write these octets (RFC 4648 §3.5).
    .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text);
const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const time = utcTime;
const compact = z
  .string()
  .max(131_072)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
/** Whether it is KA′ is judged with what it is bound to. */
const keyAuthorization = z.string().max(512);

const evidence = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('passkey'),
    keyAuthorization,
    publicKey: binary(2048),
    authenticatorData: binary(8192),
    clientDataJSON: binary(8192),
    signature: binary(4096),
  }),
  z.strictObject({
    type: z.literal('key'),
    keyAuthorization,
    publicKey: binary(2048),
    sig: compact,
  }),
  z.strictObject({ type: z.literal('certificate'), keyAuthorization, sig: compact }),
  z.strictObject({
    type: z.literal('account'),
    publicKey: binary(2048),
    protected: binary(8192),
    payload: binary(8192),
    signature: binary(4096),
  }),
]);

const content = z.strictObject({
  version: z.literal(1),
  directory: z.url({ protocol: /^https$/ }).max(2048),
  /** Read by whoever shows it. */
  approval: z.unknown(),
  digest,
  decision: z.enum(['approve', 'decline']),
  reason: z.string().min(1).max(400).exactOptional(),
  by: z.strictObject({
    name: z.string().min(1).max(200),
    email: z.string().min(3).max(254),
    account: digest,
  }),
  at: time,
  evidence,
  log: z.strictObject({
    sequence: z.int().min(1),
    at: time,
    event: z.string().max(64),
    organization: z.string().max(80),
    request: z.string().max(2048),
    by: z.string().max(254),
    data: z.strictObject({ decision: z.string().max(16), digest, evidence: digest }),
    previous: z.string().max(43),
  }),
});

/** What a receipt says (docs/approvals.md §6). */
export type ReceiptContent = Readonly<z.infer<typeof content>>;
export type Evidence = ReceiptContent['evidence'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for what is not exactly such an object in its canonical form. */
export function readContent(octets: Uint8Array): ReceiptContent | undefined {
  let value: unknown;
  try {
    const text = utf8.decode(octets);
    value = JSON.parse(text);
    // A member that stands there twice, or anything between them, is not canonical.
    if (canonicalJson(value) !== text) return undefined;
  } catch (error) {
    const isUnreadable =
      error instanceof SyntaxError ||
      error instanceof TypeError ||
      error instanceof CanonicalJsonError;
    if (isUnreadable) return undefined;
    throw error;
  }
  return content.safeParse(value).data;
}
