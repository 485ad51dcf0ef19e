import type { Payload } from '../acme/account.ts';
import type { Json } from '../acme/objects.ts';
import type { Group } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import type { Opened, Trial } from '../trial.ts';

/** How one kind of proof is given, rightly and wrongly. */
export type Prover<K extends Kind> = {
  readonly kind: K;
  readonly group: Group;
  /** Of docs/wire-profile.md. */
  readonly clause: string;
  /** Responses that a challenge takes. */
  readonly tries: number;
  /** Must be accepted. */
  readonly right: (opened: Opened<K>, trial: Trial) => Json | Promise<Json>;
  /** Of the right shape, and wrong; undefined for one that cannot be made with what there is. At least one always can. */
  readonly wrong: readonly Wrong<K>[];
  readonly malformed: readonly Malformed[];
};

export type Wrong<K extends Kind> = {
  readonly name: string;
  readonly make: (opened: Opened<K>, trial: Trial) => Json | undefined;
};

export type Malformed = { readonly name: string; readonly payload: Payload };

/** So many wrong responses, as different from each other as can be. */
export function wrongResponses<K extends Kind>(
  prover: Prover<K>,
  opened: Opened<K>,
  trial: Trial,
): readonly { readonly name: string; readonly payload: Json }[] {
  const made = [];
  for (const { name, make } of prover.wrong) {
    const payload = make(opened, trial);
    if (payload !== undefined) made.push({ name, payload });
  }
  return made;
}

/** The first wrong response that can be made. */
export function wrongResponse<K extends Kind>(
  prover: Prover<K>,
  opened: Opened<K>,
  trial: Trial,
): Json {
  for (const { make } of prover.wrong) {
    const payload = make(opened, trial);
    if (payload !== undefined) return payload;
  }
  throw new RangeError(`nothing wrong can be made for ${prover.kind}`);
}
