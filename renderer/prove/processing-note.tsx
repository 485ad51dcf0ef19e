import { useEffect, useRef } from 'react';
import { Icon } from '../ui/icon.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useWords } from '../words.ts';
import { ProofContext } from './proof-context.tsx';
import type { ProofSubject } from './proof-subject.ts';

/** The answer is there and the organisation takes its time, perhaps because it asks on a phone. */
export function ProcessingNote({ subject }: { readonly subject: ProofSubject }) {
  const { say } = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  // The field that had the focus is gone.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <div className="proof-form proof-form-wide">
      <ProofContext subject={subject} />
      <div className="proof-entry">
        <h3 className="proof-state" ref={title} tabIndex={-1}>
          <Icon name="clock" />
          {say('prove.processing')}
        </h3>
        <WaitingLine />
        <p className="breakable">{say('prove.processing.text', { host: subject.caHost })}</p>
        <p className="quiet">{say('prove.processing.away')}</p>
      </div>
    </div>
  );
}
