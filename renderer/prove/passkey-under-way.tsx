import { useEffect, useRef } from 'react';
import type { PasskeyChallengeView } from '../../shared/enrollment-state.ts';
import { Button } from '../ui/button.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useWords } from '../words.ts';
import { MatchingCode } from './matching-code.tsx';
import type { PasskeyChoice } from './passkey-ways.ts';

interface PasskeyUnderWayProps {
  readonly way: PasskeyChoice['by'];
  readonly challenge: PasskeyChallengeView;
  readonly host: string;
  readonly onStop: () => void;
}

/** The passkey is asked for elsewhere: where, and how to end it. */
export function PasskeyUnderWay({ way, challenge, host, onStop }: PasskeyUnderWayProps) {
  const { say } = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  // The button that began it is gone.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <h3 className="proof-state" ref={title} tabIndex={-1}>
        {say(`prove.passkey.underWay.${way}`)}
      </h3>
      <WaitingLine />
      {way === 'browser' && <MatchingCode code={challenge.matchingCode} />}
      <p className="breakable">{say(`prove.passkey.underWay.${way}.text`, { host })}</p>
      <div>
        <Button onPress={onStop}>{say('prove.stop')}</Button>
      </div>
    </>
  );
}
