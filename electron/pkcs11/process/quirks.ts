import type { TokenKind } from '../../../shared/models/token.ts';

/** What a module says of itself (CK_INFO), without the padding. */
export interface ModuleFacts {
  readonly manufacturer: string;
  readonly description: string;
}

/** What is known of modules that do not keep to the standard; everything else asks the module. */
export interface Quirks {
  readonly kind: TokenKind;
  /** Refuses templates that name an attribute and say false, apart from the few that it looks for. */
  readonly dropsFalseAttributes: boolean;
  /** C_WaitForSlotEvent is there and cannot be relied on. */
  readonly pollsForEvents: boolean;
  /** Gives objects handles that others have, once some were removed and some were not. */
  readonly mixesUpHandles: boolean;
  /** What the token's manufacturer field begins with where keys can be used only, whatever the mechanisms say. */
  readonly usesOnly: readonly string[];
}

const none: Quirks = {
  kind: 'token',
  dropsFalseAttributes: false,
  pollsForEvents: false,
  mixesUpHandles: false,
  usesOnly: [],
};

/**
 * tpm2-pkcs11 1.9: "attr mismatch" (CKR_GENERAL_ERROR) for attributes that are false, no slot events at all; a
 * certificate that is written after others were removed can get the handle of a private key.
 * OpenSC 0.23: lists key generation for PIV cards and cannot do it; their objects are not to be written by PKCS #11.
 * SoftHSM 2.6 needs nothing here: it says itself that it has no slot events.
 */
export function quirksOf({ manufacturer, description }: ModuleFacts): Quirks {
  if (/\btpm ?2|\btpm2?\b/i.test(`${manufacturer} ${description}`)) {
    const missing = { dropsFalseAttributes: true, pollsForEvents: true, mixesUpHandles: true };
    return { ...none, kind: 'tpm', ...missing };
  }
  if (/\bopensc\b/i.test(`${manufacturer} ${description}`)) return { ...none, usesOnly: ['piv_'] };
  return none;
}

/** Security chips are recognised by their token too, for a module may be a proxy for others. */
export function kindOfToken(
  quirks: Quirks,
  token: { readonly manufacturer: string; readonly model: string },
): TokenKind {
  return quirks.kind === 'tpm' || /\btpm\b|\btpm2/i.test(`${token.manufacturer} ${token.model}`)
    ? 'tpm'
    : 'token';
}

export const canOnlyUseKeys = (quirks: Quirks, manufacturer: string): boolean =>
  quirks.usesOnly.some((start) => manufacturer.toLowerCase().startsWith(start));
