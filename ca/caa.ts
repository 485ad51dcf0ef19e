import { caaRefusal } from './caa-rules.ts';
import type { CaaRecord } from './caa-rules.ts';
import { baseDomain, isWildcard } from './identifiers.ts';
import { Problem } from './problems.ts';
import type { IdentifierProblem } from './problems.ts';

/** A name that is about to go into a certificate. */
export type CaaQuestion = {
  /** With the `*.` of a wildcard. */
  readonly name: string;
  readonly accountUrl: string;
  readonly method: string | undefined;
};

/** What CAA records have against a name; undefined when it may be issued for. */
export type CaaCheck = (question: CaaQuestion) => Promise<IdentifierProblem | undefined>;

export type CaaOptions = {
  readonly identities: readonly string[];
  /** The records at exactly that name; none when there are none. Rejects with a Problem when it is not known. */
  readonly recordsOf: (name: string) => Promise<readonly CaaRecord[]>;
};

/** RFC 8659: asks the DNS who may issue. An answer that cannot be had counts as a no. */
export function createCaaCheck({ identities, recordsOf }: CaaOptions): CaaCheck {
  return async ({ name, accountUrl, method }) => {
    const identifier = { type: 'dns', value: name };
    try {
      const { at, records } = await climb(baseDomain(name), recordsOf);
      const issuing = { identities, accountUrl, method, wildcard: isWildcard(name) };
      const refusal = caaRefusal(records, issuing);
      if (refusal === undefined) return undefined;
      return { code: 'caa', detail: `CAA at ${at}: ${refusal}`, identifier };
    } catch (error) {
      if (error instanceof Problem) return { code: error.code, detail: error.message, identifier };
      throw error;
    }
  };
}

/** RFC 8659 §3: the records of the nearest name, from the one to be certified up, that has any. */
async function climb(
  name: string,
  recordsOf: CaaOptions['recordsOf'],
): Promise<{ at: string; records: readonly CaaRecord[] }> {
  const labels = name.split('.');
  for (let depth = 0; depth < labels.length; depth += 1) {
    const at = labels.slice(depth).join('.');
    const records = await recordsOf(at);
    if (records.length > 0) return { at, records };
  }
  return { at: name, records: [] };
}
