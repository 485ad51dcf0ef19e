interface Lifetime {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Where nobody says otherwise, renewal starts when a third of the lifetime is left. */
const usualStart = 2 / 3;
/** The share of what is left after the start in which renewal should happen: 2/3 to 11/12 of the lifetime. */
const shareOfRest = 3 / 4;

/** When a certificate should be renewed; `startFraction` of its lifetime comes from the organisation's offer. */
export function renewalWindow(
  { notBefore, notAfter }: Lifetime,
  startFraction = usualStart,
): { readonly start: string; readonly end: string } {
  const lifetime = notAfter.getTime() - notBefore.getTime();
  const endFraction = startFraction + (1 - startFraction) * shareOfRest;
  return { start: at(startFraction), end: at(endFraction) };

  function at(fraction: number): string {
    return new Date(notBefore.getTime() + Math.round(lifetime * fraction)).toISOString();
  }
}
