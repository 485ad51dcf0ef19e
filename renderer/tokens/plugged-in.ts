import type {
  ModuleView,
  TokenIdentity,
  TokenKind,
  TokensView,
  TokenView,
} from '../../shared/models/token.ts';
import type { Words } from '../words.ts';

/** A token with the reader that it is in and the driver that shows it. */
export interface PluggedIn {
  readonly token: TokenView;
  readonly reader: string;
  readonly driver: Pick<ModuleView, 'name' | 'path'>;
}

/** Every token that is there, in the order of drivers and readers. */
export function pluggedIn(tokens: Pick<TokensView, 'modules'>): readonly PluggedIn[] {
  return inReaders(tokens).filter(({ token }) => token.isInitialized);
}

/** The slots whose token was never set up: drivers that keep tokens in files always show one for the next. */
export function emptySlots(tokens: Pick<TokensView, 'modules'>): readonly PluggedIn[] {
  return inReaders(tokens).filter(({ token }) => !token.isInitialized);
}

const inReaders = ({ modules }: Pick<TokensView, 'modules'>): readonly PluggedIn[] =>
  modules.flatMap((driver) =>
    driver.readers.flatMap(({ name, token }) =>
      token === null ? [] : [{ token, reader: name, driver }],
    ),
  );

/** The readers that have no card in them, by name. */
export function emptyReaders({ modules }: Pick<TokensView, 'modules'>): readonly string[] {
  const readers = modules.flatMap((module) => module.readers);
  const filled = new Set(readers.filter(({ token }) => token !== null).map(({ name }) => name));
  // Two drivers may show the same reader, and only one of them know the card in it.
  return [...new Set(readers.map(({ name }) => name))].filter((name) => !filled.has(name));
}

/** What a token is called, or what it is when nobody gave it a name. */
export function tokenName(
  { label, kind }: Pick<TokenIdentity, 'label'> & { readonly kind: TokenKind },
  { say }: Words,
): string {
  if (label !== '') return label;
  return say(kind === 'tpm' ? 'tokens.tpm' : 'tokens.unnamed');
}

export interface Movement {
  readonly arrived: readonly TokenView[];
  readonly left: readonly TokenView[];
}

/** What was plugged in and what was taken out between two looks. */
export function movement(before: readonly PluggedIn[], now: readonly PluggedIn[]): Movement {
  const missingFrom = (others: readonly PluggedIn[]) => (one: PluggedIn) =>
    !others.some(({ token }) => token.tokenId === one.token.tokenId);
  return {
    arrived: now.filter(missingFrom(before)).map(({ token }) => token),
    left: before.filter(missingFrom(now)).map(({ token }) => token),
  };
}
