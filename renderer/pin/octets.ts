export type Octets = Uint8Array<ArrayBuffer>;

/** Takes what was typed out of a field, which is empty afterwards, as octets that can be overwritten. */
export function takeOctets(field: HTMLInputElement | null): Octets {
  if (field === null) return new Uint8Array();
  const octets = new TextEncoder().encode(field.value);
  field.value = '';
  return octets;
}

/** Hands secrets on, and overwrites them as soon as the call is over, however it ends. */
export async function spending<T>(
  secrets: readonly Uint8Array[],
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}

export type PinFault = 'empty' | 'short' | 'long';

/** What is wrong with a PIN before it costs a try; the token's limits count octets. */
export function pinFault(
  { length }: Uint8Array,
  { min, max }: { readonly min: number; readonly max: number },
): PinFault | undefined {
  if (length === 0) return 'empty';
  if (length < min) return 'short';
  // The border takes no more than 255, whatever a module says.
  return length > Math.min(max === 0 ? 255 : max, 255) ? 'long' : undefined;
}

/** Whether two secrets are the same. Both are the person's own, so nobody times the comparison. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}
