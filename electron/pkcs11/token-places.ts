import type { SeenToken } from './module-state.ts';
import { isSameIdentity } from './same-identity.ts';
import type { TokenReference, TokenSighting } from './token-access.ts';
import { TokenError } from './token-error.ts';
import { resolveToken } from './token-resolution.ts';
import type { WatchedModule } from './watched-module.ts';

export interface TokenPlace {
  readonly module: WatchedModule;
  readonly token: SeenToken;
}

/** Where the tokens are that modules show now. */
export class TokenPlaces {
  readonly #modules: ReadonlyMap<string, WatchedModule>;

  /** `modules`: by their paths, as they come and go. */
  constructor(modules: ReadonlyMap<string, WatchedModule>) {
    this.#modules = modules;
  }

  get all(): readonly TokenPlace[] {
    return [...this.#modules.values()].flatMap((module) =>
      module.seen.map((token) => ({ module, token })),
    );
  }

  resolve(reference: TokenReference): TokenPlace | 'not-present' | 'ambiguous' {
    const places = this.all.map((place) => ({ ...place.token, place }));
    const found = resolveToken(reference, places);
    return typeof found === 'string' ? found : found.place;
  }

  /** Looks once more before it says that a token is not there: events take their time. */
  async find(reference: TokenReference, sighting?: TokenSighting): Promise<TokenPlace> {
    let found = this.resolve(reference);
    const module = this.#modules.get(reference.modulePath);
    if (found === 'not-present' && module !== undefined) {
      await module.look();
      found = this.resolve(reference);
    }
    const name = module?.name ?? reference.modulePath;
    if (typeof found === 'string') throw refusal(found, name, reference.label);
    if (sighting === undefined || isAt(sighting, found.token)) return found;
    throw refusal('removed', found.module.name, sighting.identity.label);
  }
}

const isAt = (sighting: TokenSighting, token: SeenToken): boolean =>
  sighting.modulePath === token.modulePath &&
  sighting.slot === token.slot &&
  isSameIdentity(sighting.identity, token.identity);

const refusal = (
  reason: 'not-present' | 'ambiguous' | 'removed',
  module: string,
  token: string,
): TokenError => new TokenError({ reason, module, token }, 'looking for a token');
