/**
 * Works on all items, at most `limit` at once. When one fails the others are aborted and waited for, so that nothing goes on
 * behind the back of whoever waits; then the first error is thrown.
 */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<void>,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      either.throwIfAborted();
      await work(item, either);
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    try {
      await worker();
    } catch (error) {
      // The first reason stays; later ones are echoes of the abort.
      over.abort(error);
    }
  });
  await Promise.all(workers);
  either.throwIfAborted();
}
