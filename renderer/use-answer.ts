import { useEffect, useState } from 'react';
import type { Result } from '../shared/failure.ts';

/** What main answers, asked once it is wanted and again whenever `ask` is another one; undefined while nothing has come. */
export function useAnswer<T>(ask: (() => Promise<Result<T>>) | undefined): Result<T> | undefined {
  const [answer, setAnswer] = useState<Result<T> | undefined>();
  useEffect(() => {
    let wanted = true;
    void ask?.().then((result) => {
      if (wanted) setAnswer(result);
    });
    return () => {
      wanted = false;
    };
  }, [ask]);
  return answer;
}
