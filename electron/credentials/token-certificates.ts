import type { TokenView } from '../../shared/models/token.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import type { Candidate } from './candidate.ts';
import { hindranceOn, usable, type CandidatesOptions } from './candidates.ts';
import { chainAmong } from './token-chain.ts';

/** What was read of a token, and what it showed then: as long as that is the same, so are its certificates. */
interface ReadToken {
  readonly shown: string;
  readonly candidates: readonly Omit<Candidate, 'view'>[];
}

/** Certificates that lie beside their keys on tokens. */
export class TokenCertificates {
  readonly #options: CandidatesOptions;
  readonly #read = new Map<string, ReadToken>();
  readonly #reading = new Map<string, Promise<void>>();
  #followers = 0;

  constructor(options: CandidatesOptions) {
    this.#options = options;
  }

  list(): readonly Candidate[] {
    return this.#tokens().flatMap((token) => {
      const hindrance = hindranceOn(token);
      const { candidates = [] } = this.#read.get(token.tokenId) ?? {};
      return candidates.map((each) => ({
        ...each,
        view: {
          ...each.described,
          ...{ place: token.kind, token: token.label },
          ...(hindrance && { hindrance }),
        },
      }));
    });
  }

  follow(listener: () => void): () => void {
    const { tokens, report } = this.#options;
    const follower = { isThere: true };
    const look = (): void => {
      if (!follower.isThere) return;
      listener();
      this.#readAll(() => {
        if (follower.isThere) listener();
      });
    };
    this.#followers += 1;
    const leave = tokens.subscribe(look);
    tokens.watch().then(look, (error: unknown) => report('looking for certificates', error));
    return () => {
      follower.isThere = false;
      leave();
      this.#followers -= 1;
      if (this.#followers === 0) this.#read.clear();
    };
  }

  /** Resolves when no token is being read any more. */
  async settled(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading.values());
  }

  #tokens(): readonly TokenView[] {
    return this.#options.tokens.modules.flatMap(({ readers }) =>
      readers.flatMap(({ token }) => token ?? []),
    );
  }

  #readAll(changed: () => void): void {
    for (const token of this.#tokens()) {
      const shown = shownBy(token);
      const isKnown = this.#read.get(token.tokenId)?.shown === shown;
      if (isKnown || this.#reading.has(token.tokenId)) continue;
      const reading = this.#readOne(token, shown).then(() => {
        this.#reading.delete(token.tokenId);
        changed();
      });
      this.#reading.set(token.tokenId, reading);
    }
  }

  /** What cannot be read is not tried again before the token shows something else. */
  async #readOne(token: TokenView, shown: string): Promise<void> {
    const { tokens, report } = this.#options;
    this.#read.set(token.tokenId, { shown, candidates: [] });
    if (!hasPairs(token)) return;
    try {
      const reference = tokens.referenceOf(token.tokenId);
      const candidates = await this.#candidatesOn(token, reference);
      if (this.#followers > 0) this.#read.set(token.tokenId, { shown, candidates });
    } catch (error) {
      report('reading the certificates of a token', error);
    }
  }

  async #candidatesOn(
    token: TokenView,
    reference: TokenReference,
  ): Promise<ReadToken['candidates']> {
    const usableKeys = new Set(pairsOn(token));
    const stored = await this.#options.tokens.readCertificates(reference);
    const all = stored.map(({ certificate }) => Buffer.from(certificate));
    return stored.flatMap(({ keyId, certificate }) => {
      if (!usableKeys.has(keyId)) return [];
      const parsed = usable(() => chainAmong(Buffer.from(certificate), all));
      if (parsed === 'unusable') return [];
      return [{ ...parsed, key: { in: 'token' as const, key: { token: reference, id: keyId } } }];
    });
  }
}

/** CKA_IDs of keys that have a certificate: before login many tokens show of a pair the public half alone. */
const pairsOn = ({ keys, certificates }: TokenView): readonly string[] =>
  keys
    .filter(({ keyId, type }) => type !== null && /^(?:..){1,64}$/.test(keyId))
    .map(({ keyId }) => keyId)
    .filter((keyId) => certificates.some((each) => each.keyId === keyId));

const hasPairs = (token: TokenView): boolean => pairsOn(token).length > 0;

const shownBy = (token: TokenView): string =>
  JSON.stringify([pairsOn(token), token.certificates.map(({ fingerprint }) => fingerprint)]);
