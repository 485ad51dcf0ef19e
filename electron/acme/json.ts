/** JSON as it goes into a signed payload; members that are undefined are left out. */
type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

export type JsonObject = Readonly<Record<string, JsonValue>>;
