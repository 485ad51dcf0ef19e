/** Does the work, and zero-fills the secrets when it ended, however that was. */
export async function wiping<T>(
  secrets: readonly (Uint8Array | null | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    for (const secret of secrets) secret?.fill(0);
  }
}
