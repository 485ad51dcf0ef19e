type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** The same members, but an optional one that is `undefined` is absent: zod allows both, our models do not. */
export function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  const present = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(present) as Defined<Value>;
}
