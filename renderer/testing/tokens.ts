import type {
  CompatibilityCheck,
  ModuleView,
  PinQuestion,
  TokenCertificateView,
  TokenCompatibility,
  TokenKeyView,
  TokensView,
  TokenView,
} from '../../shared/models/token.ts';
import { northlight } from './organizations.ts';

const keyId = (number: number): string => number.toString(16).padStart(40, '0');

export function tokenKey(changes: Partial<TokenKeyView> = {}): TokenKeyView {
  return {
    keyId: keyId(1),
    label: 'Countersign',
    type: 'P-256',
    algorithm: 'P-256',
    alwaysAuthenticate: false,
    owner: 'foreign',
    ...changes,
  };
}

export function tokenCertificate(
  changes: Partial<TokenCertificateView> = {},
): TokenCertificateView {
  return {
    keyId: keyId(1),
    label: 'Countersign',
    subject: 'CN=alex@northlight.example',
    issuer: 'CN=Northlight Issuing CA 3,O=Northlight Shipyards,C=DE',
    notBefore: '2026-09-01T08:11:36Z',
    notAfter: '2027-03-01T08:11:36Z',
    fingerprint: '9f2ac46b0d5e81f7'.repeat(4),
    isSelfSigned: false,
    ...changes,
  };
}

/** A card in good order, with something of everybody on it. */
export const card: TokenView = {
  tokenId: 't-card',
  label: 'Alex’s card',
  manufacturer: 'Kestrel Cards',
  model: 'Kestrel 3',
  serial: '0042A7C19E',
  kind: 'token',
  isHardware: true,
  isInitialized: true,
  isWritable: true,
  login: 'pin',
  pin: 'ok',
  puk: 'ok',
  pinLength: { min: 4, max: 8 },
  freeMemory: 34_816,
  makes: ['P-256', 'P-384', 'RSA-2048'],
  signs: ['P-256', 'P-384', 'RSA-2048'],
  keys: [
    tokenKey({ owner: 'credential', credentialId: 'c-wifi' }),
    tokenKey({ keyId: keyId(2), label: 'Countersign account', owner: 'account' }),
    tokenKey({
      keyId: keyId(3),
      label: 'Countersign: Code signing',
      type: 'RSA-2048',
      algorithm: 'RSA-2048',
      owner: 'left-behind',
    }),
    tokenKey({ keyId: keyId(4), label: 'Door', algorithm: 'RSA-1024', type: null }),
  ],
  certificates: [
    tokenCertificate({ credentialId: 'c-wifi' }),
    tokenCertificate({
      keyId: keyId(4),
      label: 'Door',
      subject: 'CN=Alex Demo,O=Harbour Access',
      issuer: 'CN=Harbour Access CA',
      notAfter: '2026-11-01T00:00:00Z',
    }),
    tokenCertificate({
      keyId: keyId(5),
      label: 'Issuing CA',
      subject: 'CN=Northlight Issuing CA 3,O=Northlight Shipyards,C=DE',
      issuer: 'CN=Northlight Root CA,O=Northlight Shipyards,C=DE',
      notAfter: '2031-03-01T00:00:00Z',
    }),
  ],
  unread: 0,
  findings: [],
};

/** A card that makes no keys and came with some: nothing is wrong with it. */
export const pivCard: TokenView = {
  ...card,
  tokenId: 't-piv',
  label: 'PIV_II',
  serial: '00000000CAFE',
  isWritable: false,
  makes: [],
  keys: [tokenKey({ keyId: '01', label: 'SIGN key' })],
  certificates: [tokenCertificate({ keyId: '01', label: 'Certificate for Digital Signature' })],
};

/** What drivers that keep tokens in files show for the next one. */
export const emptySlot: TokenView = {
  ...card,
  ...{ tokenId: 't-empty', label: '', serial: '', isHardware: false, isInitialized: false },
  ...{ pin: 'not-set', puk: 'not-set', makes: [], signs: [], keys: [], certificates: [] },
  findings: [{ found: 'not-initialized', status: 'fail' }],
};

/** The security chip of this computer. */
export const chip: TokenView = {
  ...card,
  tokenId: 't-chip',
  label: 'countersign',
  manufacturer: 'Infineon',
  model: 'SLB9672',
  serial: '0000000000000000',
  kind: 'tpm',
  puk: 'count-low',
  keys: [],
  certificates: [],
};
delete (chip as { freeMemory?: number }).freeMemory;

/** As many objects as an archive of old keys may hold. */
export function fullCard(count: number): TokenView {
  const numbers = Array.from({ length: count / 2 }, (_, index) => index + 1);
  const label = (number: number): string => `archive-${String(number).padStart(3, '0')}`;
  return {
    ...card,
    tokenId: 't-full',
    label: 'Archive 2019–2026',
    pin: 'count-low',
    findings: [{ found: 'count-low', status: 'note' }],
    keys: numbers.map((number) => tokenKey({ keyId: keyId(number), label: label(number) })),
    certificates: numbers.map((number) =>
      tokenCertificate({
        keyId: keyId(number),
        label: label(number),
        subject: `CN=${label(number)}@northlight.example`,
      }),
    ),
    unread: 12,
  };
}

/** A driver that shows tokens, each in a reader of its own. */
export function driver(
  tokens: readonly (TokenView | null)[],
  changes: Partial<ModuleView> = {},
): ModuleView {
  return {
    moduleId: 'm-opensc',
    path: '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so',
    name: 'OpenSC smartcard framework',
    foundBy: 'p11-kit',
    status: 'ready',
    readers: tokens.map((token, index) => ({
      readerId: `r-${index}`,
      name: `Kestrel CCID Reader 0${index} 00`,
      token,
    })),
    ...changes,
  };
}

export const chipDriver: ModuleView = {
  ...driver([], {
    moduleId: 'm-tpm',
    path: '/usr/lib/x86_64-linux-gnu/libtpm2_pkcs11.so.1',
    name: 'TPM2.0 Cryptoki',
  }),
  readers: [{ readerId: 'r-chip', name: 'Infineon SLB9672', token: chip }],
};

export function tokensView(
  modules: readonly ModuleView[],
  changes: Partial<TokensView> = {},
): TokensView {
  return { status: 'ready', modules, pinQuestion: null, ...changes };
}

export function pinQuestion(changes: Partial<PinQuestion> = {}): PinQuestion {
  const { label, manufacturer, model, serial } = card;
  const token = {
    label,
    manufacturer,
    model,
    serial,
    kind: 'token',
    reader: 'Kestrel CCID Reader 00 00',
  } as const;
  return {
    questionId: 'q-1',
    token,
    moduleName: 'OpenSC smartcard framework',
    reason: 'make-key',
    organizationName: northlight.name,
    login: 'pin',
    isWaiting: false,
    pin: 'ok',
    pinLength: { min: 4, max: 8 },
    ...changes,
  };
}

const passes: readonly CompatibilityCheck[] = [
  { check: 'policy', found: 'place-allowed', status: 'pass' },
  { check: 'algorithm', found: 'makes-key', types: ['P-256', 'P-384'], status: 'pass' },
  { check: 'room', found: 'enough', status: 'pass' },
  { check: 'writable', found: 'yes', status: 'pass' },
  { check: 'login', found: 'pin', status: 'pass' },
  { check: 'pin', found: 'ok', status: 'pass' },
  { check: 'hardware', found: 'yes', status: 'pass' },
];

/** A report in which what was found differs from a token that is all right. */
export function compatibility(
  changes: Partial<TokenCompatibility> = {},
  findings: readonly CompatibilityCheck[] = [],
): TokenCompatibility {
  return {
    tokenId: card.tokenId,
    verdict: 'fits',
    types: ['P-256', 'P-384'],
    existingKeys: [],
    checks: passes.map((pass) => findings.find(({ check }) => check === pass.check) ?? pass),
    ...changes,
  };
}
