import type { ReactNode } from 'react';
import type { Failure } from '../../shared/failure.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { Banner } from '../ui/banner.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useWords } from '../words.ts';
import { CaaCure } from './caa-cure.tsx';
import { failureFacts } from './failure-facts.ts';
import { failureWords, type Answered } from './failure-words.ts';
import { HelpdeskLines } from './helpdesk-lines.tsx';
import './failure-message.css';

interface FailureMessageProps {
  readonly failure: Failure;
  readonly helpdesk?: Helpdesk | undefined;
  readonly organizationId?: string | undefined;
  /** Something is wrong but the rest went well. */
  readonly tone?: 'danger' | 'warning';
  readonly actions?: ReactNode;
  /** Not for what stands in a list, or was known before the screen came up. */
  readonly announced?: boolean;
  /** What was refused, where that is no code. */
  readonly answered?: Answered | undefined;
  /** More that belongs behind the details. */
  readonly facts?: readonly Fact[];
}

/** What happened, why, what to do next and whom to call; the technical side behind details. */
export function FailureMessage(props: FailureMessageProps) {
  const { failure, organizationId, tone = 'danger', actions, announced = true } = props;
  const words = useWords();
  const { say } = words;
  const { what, why, next, said, callSomebody } = failureWords(failure, words, props.answered);
  const helpdesk = props.helpdesk ?? (failure.code === 'profile' ? failure.helpdesk : undefined);
  return (
    <Banner tone={tone} title={what} actions={actions} announced={announced}>
      {why !== undefined && <p>{why}</p>}
      {said?.map((line) => (
        <blockquote className="failure-said breakable" key={line}>
          <bdi>{line}</bdi>
        </blockquote>
      ))}
      <p>{next}</p>
      {failure.code === 'caa' && failure.record !== undefined && (
        <CaaCure record={failure.record} />
      )}
      {callSomebody && helpdesk !== undefined && (
        <div>
          <p className="quiet small">{say('helpdesk.title')}</p>
          <HelpdeskLines helpdesk={helpdesk} organizationId={organizationId} />
        </div>
      )}
      <Disclosure label={say('details')}>
        <Facts facts={[...failureFacts(failure), ...(props.facts ?? [])]} />
      </Disclosure>
    </Banner>
  );
}
