import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import type { TokenView } from '../../shared/models/token.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { DerError } from '../certificates/der-reader.ts';
import { derOf, readChain } from '../certificates/pem.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { signingCertificate, type Candidate, type SigningCertificate } from './candidate.ts';
import { TokenCertificates } from './token-certificates.ts';
import { withoutRoot } from './token-chain.ts';

export interface CandidatesOptions {
  readonly wallet: Pick<Wallet, 'credentials'>;
  readonly tokens: Pick<
    TokenAccess,
    'watch' | 'modules' | 'subscribe' | 'tokenIdOf' | 'referenceOf' | 'readCertificates'
  >;
  /** Hears of errors that change nothing for the person. */
  readonly report: (doing: string, error: unknown) => void;
}

/**
 * Certificates of which the wallet can have a signature: its own credentials, and what lies beside keys on tokens, whoever
 * put it there. What is on tokens is known only while somebody follows it.
 */
export class Candidates {
  readonly #options: CandidatesOptions;
  readonly #onTokens: TokenCertificates;
  /** Thousands may be asked for at each change of a token. */
  readonly #parsed = new WeakMap<CredentialRecord, SigningCertificate | 'unusable'>();

  constructor(options: CandidatesOptions) {
    this.#options = options;
    this.#onTokens = new TokenCertificates(options);
  }

  list(): readonly Candidate[] {
    const own = this.#options.wallet.credentials
      .list()
      .flatMap((record) => this.#candidateOf(record) ?? []);
    const known = new Set(own.map(({ view }) => view.candidateId));
    const found = this.#onTokens.list().filter(({ view }) => {
      const isNew = !known.has(view.candidateId);
      // Two modules may show the same token.
      known.add(view.candidateId);
      return isNew;
    });
    return [...own, ...found];
  }

  /** Starts the modules, and tells of each change of what `list` gives, until it is called back. */
  follow(listener: () => void): () => void {
    return this.#onTokens.follow(listener);
  }

  /** Resolves when `list` has all that is on the tokens which are known now. */
  settled(): Promise<void> {
    return this.#onTokens.settled();
  }

  #candidateOf(record: CredentialRecord): Candidate | undefined {
    if (record.status !== 'active') return undefined;
    const certificate = this.#parse(record);
    if (certificate === 'unusable') return undefined;
    const { id: credentialId, organizationId, purpose, key } = record;
    const hindrance = key.token && this.#hindranceOf(key.token);
    return {
      ...certificate,
      view: {
        ...certificate.described,
        ...{ place: key.place, credentialId },
        ...(key.token && { token: key.token.label }),
        ...(hindrance && { hindrance }),
      },
      ...{ organizationId, purpose },
      key: { in: 'ring', keyId: key.id },
    };
  }

  #parse(record: CredentialRecord): SigningCertificate | 'unusable' {
    const parsed = this.#parsed.get(record) ?? usable(() => readChain(record.chain).map(derOf));
    this.#parsed.set(record, parsed);
    return parsed;
  }

  #hindranceOf(token: NonNullable<CredentialRecord['key']['token']>): Hindrance {
    const { tokens } = this.#options;
    const tokenId = tokens.tokenIdOf(token);
    for (const { readers } of tokens.modules) {
      const there = readers.find((reader) => reader.token?.tokenId === tokenId)?.token;
      if (there) return hindranceOn(there);
    }
    return 'token-absent';
  }
}

type Hindrance = CertificateCandidate['hindrance'];

/** Why no key of a token that is there signs now. */
export function hindranceOn({ login, pin }: TokenView): Hindrance {
  if (login === 'none') return undefined;
  if (pin === 'locked') return 'pin-locked';
  return pin === 'not-set' ? 'pin-not-set' : undefined;
}

/** Of whatever a disk or a token holds. */
export function usable(chain: () => readonly Buffer[]): SigningCertificate | 'unusable' {
  try {
    return signingCertificate(withoutRoot(chain()));
  } catch (error) {
    const isUnusable =
      error instanceof CertificateError || error instanceof DerError || error instanceof TypeError;
    if (isUnusable) return 'unusable';
    throw error;
  }
}
