/** What Electron knows of a passkey that would do (its `select-webauthn-account`). */
export interface PasskeyAccount {
  readonly credentialId: string;
  readonly displayName?: string;
  readonly name?: string;
}

export interface AccountQuestion {
  readonly relyingPartyId: string;
  readonly accounts: readonly PasskeyAccount[];
}

export interface AccountChooser {
  /** Of the ceremony that is under way. */
  readonly rpId: string;
  readonly unnamed: string;
  /** Shows names; resolves to the index of one, or to anything else. */
  readonly ask: (names: readonly string[]) => Promise<number>;
}

/** Which passkey is meant: the only one, or the one that the person points at; `null` cancels. */
export async function chosenAccount(
  { relyingPartyId, accounts }: AccountQuestion,
  { rpId, unnamed, ask }: AccountChooser,
): Promise<string | null> {
  if (relyingPartyId !== rpId) return null;
  const [only, ...others] = accounts;
  if (only === undefined) return null;
  if (others.length === 0) return only.credentialId;
  const index = await ask(accounts.map((account) => nameOf(account) ?? unnamed));
  return accounts[index]?.credentialId ?? null;
}

const longestName = 64;

/** Text that whoever made the passkey chose: one line of it, without what would turn it around. */
function nameOf({ displayName, name }: PasskeyAccount): string | undefined {
  const parts = [displayName, name === displayName ? undefined : name];
  const text = parts
    .map((part) => part?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim())
    .filter((part) => part !== undefined && part !== '')
    .join(' – ');
  if (text === '') return undefined;
  return text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text;
}
