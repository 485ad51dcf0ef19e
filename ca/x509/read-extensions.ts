import * as der from './der.ts';
import { extensionTypes, readExtendedKeyUsage, readKeyUsage } from './extensions.ts';
import type { KeyUsage } from './extensions.ts';
import { readGeneralNames } from './names.ts';
import type { GeneralName } from './names.ts';

export type FoundExtension = { readonly critical: boolean; readonly value: Buffer };
export type FoundExtensions = ReadonlyMap<string, FoundExtension>;

/** The extensions of a certificate or of a revocation list, from the `[n] EXPLICIT` that holds them. */
export function readExtensions(holder: der.Element): FoundExtensions {
  const list = der.readSingle(holder.content, der.tags.sequence);
  return listedExtensions(list);
}

/** The extensions of an entry of a revocation list. */
export function listedExtensions(list: der.Element): FoundExtensions {
  const found = new Map<string, FoundExtension>();
  for (const element of der.readAll(list.content)) {
    const parts = der.readAll(der.expectTag(element, der.tags.sequence).content);
    const [type, flag] = parts;
    if (parts.length < 2 || parts.length > 3) throw new der.DerError('a malformed extension');
    const oid = der.readObjectIdentifier(type);
    // RFC 5280 §4.2: each extension once.
    if (found.has(oid)) throw new der.DerError(`the extension ${oid} twice`);
    const critical = parts.length === 3 && flag !== undefined && der.readBoolean(flag);
    const value = der.expectTag(parts.at(-1), der.tags.octetString).content;
    found.set(oid, { critical, value });
  }
  return found;
}

/** What RFC 5280 §4.2 extensions say about a certificate; `undefined` for one that is not there. */
export type CertificateWords = {
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly purposes: readonly string[] | undefined;
  readonly policies: readonly string[];
  /** `undefined` within stands for a kind of name that is not understood here. */
  readonly names: readonly (GeneralName | undefined)[];
  /** Marked critical, and not understood here: nobody may go on regardless. */
  readonly hasUnknownCritical: boolean;
};

const { basicConstraints, keyUsage, extendedKeyUsage, subjectAltName, certificatePolicies } =
  extensionTypes;
const understood: readonly string[] = [
  ...[basicConstraints, keyUsage, extendedKeyUsage, subjectAltName, certificatePolicies],
];
/** RFC 5280 §4.2.1.10: binding whether marked critical or not, and not evaluated here. */
const NAME_CONSTRAINTS = '2.5.29.30';

export function readWords(extensions: FoundExtensions): CertificateWords {
  const valueOf = (type: string): Buffer | undefined => extensions.get(type)?.value;
  const usage = valueOf(keyUsage);
  const purposes = valueOf(extendedKeyUsage);
  const names = valueOf(subjectAltName);
  return {
    ...readBasicConstraints(valueOf(basicConstraints)),
    keyUsage: usage && readKeyUsage(usage),
    purposes: purposes && readExtendedKeyUsage(purposes),
    policies: readPolicies(valueOf(certificatePolicies)),
    names: names === undefined ? [] : readGeneralNames(names),
    hasUnknownCritical:
      extensions.has(NAME_CONSTRAINTS) ||
      [...extensions].some(([type, { critical }]) => critical && !understood.includes(type)),
  };
}

function readBasicConstraints(
  value: Buffer | undefined,
): Pick<CertificateWords, 'isCa' | 'pathLength'> {
  if (value === undefined) return { isCa: false, pathLength: undefined };
  const parts = der.readAll(der.readSingle(value, der.tags.sequence).content);
  const [first] = parts;
  const isCa = first?.tag === der.tags.boolean && der.readBoolean(first);
  const length = parts.find(({ tag }) => tag === der.tags.integer);
  return { isCa, pathLength: length && der.readSmallInteger(length) };
}

/** RFC 5280 §4.2.1.4: the object identifiers alone. */
function readPolicies(value: Buffer | undefined): readonly string[] {
  if (value === undefined) return [];
  return der.readAll(der.readSingle(value, der.tags.sequence).content).map((policy) => {
    const [type] = der.readAll(der.expectTag(policy, der.tags.sequence).content);
    return der.readObjectIdentifier(type);
  });
}
