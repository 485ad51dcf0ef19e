/**
 * Opens something at the first asking and gives the same to everybody. An attempt that failed is shared by those who
 * waited for it and then forgotten: who asks next tries again.
 */
export function onceItWorks<T>(open: () => Promise<T>): () => Promise<T> {
  let attempt: Promise<T> | null = null;
  return () => {
    attempt ??= open().catch((error: unknown) => {
      attempt = null;
      throw error;
    });
    return attempt;
  };
}
