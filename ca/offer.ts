import { createHash } from 'node:crypto';
import type { CaNetwork } from './network.ts';

export type Text = Readonly<Record<'en' | 'de', string>>;

type OfferedIdentifier = {
  readonly type: 'email' | 'dns' | 'permanent-identifier';
  /** With the placeholders of docs/enrollment-profile.md. */
  readonly value: string;
};

export type CredentialOffer = {
  /** Goes into invitation links. */
  readonly id: string;
  readonly name: Text;
  readonly description: Text;
  readonly exportable: boolean;
  /** Where the key may live (docs/enrollment-profile.md). */
  readonly places: readonly ('software' | 'token' | 'tpm' | 'os')[];
  /** `client` when not said. */
  readonly purpose?: 'device' | 'codeSigning' | 'documentSigning' | 'service';
  /** What a service asks for; `clientAuth` when not said. */
  readonly usages?: readonly ('clientAuth' | 'serverAuth')[];
  /** `employee` when not said. */
  readonly profile?: string;
  /** The person's address when not said. */
  readonly identifiers?: readonly OfferedIdentifier[];
  /** The CA fills it in when not said. */
  readonly commonName?: string;
  /** `browser` when not said. */
  readonly target?: 'file';
  /** Others have to agree; whom to ask about it. */
  readonly approval?: { readonly required: number; readonly by: Text };
  /** Only for requesters of this organisation, by its id. */
  readonly organizationId?: string;
  /** Which it lets people into, beside what else it is for. */
  readonly network?: CaNetwork;
};

export const anywhere = ['software', 'token', 'tpm', 'os'] as const;
export const onHardware = ['token', 'tpm'] as const;

/** The draft's Appendix A: the common name is the registered domain. */
export function namesOf(domains: readonly string[]) {
  const [first = ''] = domains;
  return {
    identifiers: domains.map((value) => ({ type: 'dns', value }) as const),
    ...(first.length <= 64 ? { commonName: first } : {}),
    target: 'file' as const,
  };
}

/** docs/enrollment-profile.md: the name of an offer has 80 characters at most. */
export function short(name: string): string {
  return name.length <= 48 ? name : `${name.slice(0, 47)}…`;
}

/** docs/enrollment-profile.md: letters, digits, dots and hyphens, 64 at most; different for different names. */
export function shortId(kind: string, name: string): string {
  const plain = `${kind}-${name.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`;
  if (plain === `${kind}-${name}` && plain.length <= 64) return plain;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${plain.slice(0, 55)}-${digest}`;
}
