import { limits } from '../limits.ts';
import type { FoundReader, FoundToken, Inventory } from '../messages.ts';
import { CryptokiError, orNull } from './cryptoki-error.ts';
import { ck, slotName, textOf, type Cryptoki, type Handle } from './cryptoki.ts';
import { readAbilities, type Abilities } from './mechanisms.ts';
import { canOnlyUseKeys, kindOfToken } from './quirks.ts';
import { readTokenObjects, type TokenObjects } from './token-objects.ts';
import type { TokenSessions } from './token-sessions.ts';
import type { TokenState } from './token-state.ts';

/** What a module shows now: its readers, their tokens and what is on them. */
export class InventoryReader {
  readonly #cryptoki: Cryptoki;
  readonly #sessions: TokenSessions;
  /** By slot and token: asking for sizes is a call for each mechanism, and they stay as they are. */
  readonly #abilities = new Map<string, Abilities>();

  constructor(cryptoki: Cryptoki, sessions: TokenSessions) {
    this.#cryptoki = cryptoki;
    this.#sessions = sessions;
  }

  read(): Inventory {
    const slots = this.#cryptoki.slots().slice(0, limits.mostReaders);
    return { readers: slots.flatMap((slot) => this.#reader(slot) ?? []) };
  }

  #reader(slot: Handle): FoundReader | null {
    const info = orNull(() => this.#cryptoki.call((module) => module.C_GetSlotInfo(slot)));
    // The reader itself was unplugged.
    if (info === null) return null;
    const hasToken = (info.flags & ck.CKF_TOKEN_PRESENT) !== 0;
    if (!hasToken) this.#sessions.drop(slotName(slot));
    return {
      slot: slotName(slot),
      name: textOf(info.slotDescription).slice(0, limits.mostText),
      isHardware: (info.flags & ck.CKF_HW_SLOT) !== 0,
      token: hasToken ? this.#token(slot) : null,
    };
  }

  #token(slot: Handle): FoundToken | null {
    const state = orNull(() => this.#sessions.stateOf(slot));
    if (state === null) return null;
    const { identity, isInitialized, isWritable, login, pin, puk, pinLength, freeMemory } = state;
    return {
      ...identity,
      kind: kindOfToken(this.#cryptoki.quirks, identity),
      ...{ isInitialized, isWritable, login, pin, puk, pinLength },
      ...(freeMemory === undefined ? {} : { freeMemory }),
      ...this.#abilitiesOf(slot, state),
      ...this.#objectsOf(slot, isInitialized),
    };
  }

  #abilitiesOf(
    slot: Handle,
    { identity, isInitialized }: TokenState,
  ): Pick<FoundToken, 'makes' | 'signs'> {
    const none = { makes: [], signs: [] };
    if (!isInitialized) return none;
    const name = JSON.stringify([slotName(slot), identity]);
    const known = this.#abilities.get(name) ?? orNull(() => readAbilities(this.#cryptoki, slot));
    if (known === null) return none;
    this.#abilities.set(name, known);
    const usesOnly = canOnlyUseKeys(this.#cryptoki.quirks, identity.manufacturer);
    return { makes: usesOnly ? [] : [...known.makes], signs: [...known.signs] };
  }

  #objectsOf(slot: Handle, isInitialized: boolean): TokenObjects {
    const none = { keys: [], certificates: [], unread: 0 };
    if (!isInitialized) return none;
    try {
      return readTokenObjects(this.#cryptoki, this.#sessions.of(slot));
    } catch (error) {
      if (!(error instanceof CryptokiError)) throw error;
      const { fault, detail } = error;
      return { ...none, fault: { fault, ...(detail === undefined ? {} : { detail }) } };
    }
  }
}
