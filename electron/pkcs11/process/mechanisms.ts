import pkcs11js from 'pkcs11js';
import { keyTypes, type KeyType } from '../../../shared/models/enrollment-profile.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { ck, type Cryptoki, type Handle } from './cryptoki.ts';

/** What a key is made with and what it signs with, the preferred way first. */
interface Ways {
  readonly makes: number;
  readonly signs: readonly number[];
  readonly bits: number;
}

const { CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS } = pkcs11js;
const { CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, CKM_ECDSA_SHA256, CKM_ECDSA_SHA384 } = pkcs11js;

const rsa = (bits: number): Ways => ({
  makes: CKM_RSA_PKCS_KEY_PAIR_GEN,
  signs: [CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS],
  bits,
});

export const waysOf: Readonly<Record<KeyType, Ways>> = {
  'P-256': { makes: CKM_EC_KEY_PAIR_GEN, signs: [CKM_ECDSA, CKM_ECDSA_SHA256], bits: 256 },
  'P-384': { makes: CKM_EC_KEY_PAIR_GEN, signs: [CKM_ECDSA, CKM_ECDSA_SHA384], bits: 384 },
  'RSA-2048': rsa(2_048),
  'RSA-3072': rsa(3_072),
  'RSA-4096': rsa(4_096),
  Ed25519: { makes: ck.CKM_EC_EDWARDS_KEY_PAIR_GEN, signs: [ck.CKM_EDDSA], bits: 255 },
};

export interface Abilities {
  readonly makes: readonly KeyType[];
  readonly signs: readonly KeyType[];
}

const mostMechanisms = 1_000;

/** What the module says that the token can do; whether it is true shows when it does it. */
export function readAbilities(cryptoki: Cryptoki, slot: Handle): Abilities {
  const listed = cryptoki.call((module) => module.C_GetMechanismList(slot));
  const there = new Set(listed.slice(0, mostMechanisms));
  const can = (mechanism: number, flag: number, type: KeyType): boolean =>
    there.has(mechanism) && covers(cryptoki, { slot, mechanism, flag }, type);
  return {
    makes: keyTypes.filter((type) => can(waysOf[type].makes, pkcs11js.CKF_GENERATE_KEY_PAIR, type)),
    signs: keyTypes.filter((type) =>
      waysOf[type].signs.some((mechanism) => can(mechanism, pkcs11js.CKF_SIGN, type)),
    ),
  };
}

interface Question {
  readonly slot: Handle;
  readonly mechanism: number;
  readonly flag: number;
}

function covers(cryptoki: Cryptoki, { slot, mechanism, flag }: Question, type: KeyType): boolean {
  try {
    const info = cryptoki.call((module) => module.C_GetMechanismInfo(slot, mechanism));
    const { min, max } = sizesIn(info.minKeySize, info.maxKeySize, type);
    const { bits } = waysOf[type];
    // A module that names no sizes has said nothing against this one.
    return (info.flags & flag) !== 0 && (max === 0 || (min <= bits && bits <= max));
  } catch (error) {
    // Listed, and then not known: it counts as not there.
    if (error instanceof CryptokiError) return false;
    throw error;
  }
}

/** Bits by PKCS #11 (v2.40 mechanisms §2.1.4, §2.3.4), octets by some modules; 25519 bits are 255 to some and 256 to others. */
function sizesIn(min: number, max: number, type: KeyType): { min: number; max: number } {
  const isOctets = type.startsWith('RSA-') ? max > 0 && max <= 512 : max > 0 && max <= 66;
  const sizes = isOctets ? { min: min * 8, max: max * 8 } : { min, max };
  return type === 'Ed25519'
    ? { min: Math.min(sizes.min, 255), max: Math.max(sizes.max, 255) }
    : sizes;
}
