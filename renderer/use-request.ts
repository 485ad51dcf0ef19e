import { useState } from 'react';
import type { Failure, Result } from '../shared/failure.ts';

/** One question to main at a time, and what became of it. */
export interface Request {
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly send: <T>(call: () => Promise<Result<T>>) => Promise<Result<T>>;
  readonly clear: () => void;
}

export function useRequest(): Request {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = async <T>(call: () => Promise<Result<T>>): Promise<Result<T>> => {
    setBusy(true);
    setFailure(null);
    const result = await call();
    setBusy(false);
    // Whoever closed a file dialog knows it.
    if (!result.ok && result.failure.code !== 'cancelled') setFailure(result.failure);
    return result;
  };
  return { busy, failure, send, clear: () => setFailure(null) };
}
