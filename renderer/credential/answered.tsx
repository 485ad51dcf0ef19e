import type { ReactNode } from 'react';
import type { Result } from '../../shared/failure.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { useWords } from '../words.ts';

interface AnsweredProps<T> {
  readonly answer: Result<T> | undefined;
  readonly children: (value: T) => ReactNode;
}

/** What main answered; until then that it is being looked for. */
export function Answered<T>({ answer, children }: AnsweredProps<T>) {
  const { say } = useWords();
  if (answer === undefined) {
    return (
      <p className="quiet" role="status">
        {say('credential.looking')}
      </p>
    );
  }
  if (!answer.ok) return <FailureMessage failure={answer.failure} tone="warning" />;
  return children(answer.value);
}
