import type { ApprovalDocument } from '../../shared/models/approval.ts';

/** One value of a document as it is signed, with its place in it, e.g. `key.algorithm`. */
export interface ExactMember {
  readonly path: string;
  /** As JSON has it, without the quotes of a text. */
  readonly value: string;
}

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/** Every member of a document, whatever it has, in the order in which it is signed (RFC 8785 §3.2.3). */
export function exactMembers(document: ApprovalDocument): readonly ExactMember[] {
  return membersOf(document, '');
}

function membersOf(value: Json, path: string): readonly ExactMember[] {
  if (typeof value === 'string') return [{ path, value }];
  if (typeof value !== 'object') return [{ path, value: JSON.stringify(value) }];
  const inside: readonly (readonly [string, Json])[] = isList(value)
    ? value.map((each, index) => [`${path}[${String(index + 1)}]`, each] as const)
    : Object.keys(value)
        // By UTF-16 code units, as RFC 8785 wants it and as JavaScript does.
        .toSorted()
        .flatMap((name) => {
          const each = value[name];
          return each === undefined
            ? []
            : [[path === '' ? name : `${path}.${name}`, each] as const];
        });
  return inside.flatMap(([name, each]) => membersOf(each, name));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
