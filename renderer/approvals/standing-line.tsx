import { useState } from 'react';
import type { ApprovalSummary } from '../../shared/models/approval.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { mayWithdraw, WithdrawDialog } from './request-actions.tsx';
import { partyName, titleOf } from './sentences.ts';
import { usageIcons } from './usage-icons.ts';
import { leadingUsage } from './usage-words.ts';

interface StandingLineProps {
  readonly request: ApprovalSummary;
  readonly go: (place: Place) => void;
}

/** Certificates that somebody may have without asking again: how many are left, until when, and a way to end it. */
export function StandingLine({ request, go }: StandingLineProps) {
  const words = useWords();
  const { say, dateTime } = words;
  const [asking, ask] = useState(false);
  const { organizationId, approvalId, document, remaining } = request;
  if (document.kind !== 'standing') return null;
  const left = remaining ?? document.count;
  const title = titleOf(document, false, words);
  return (
    <div className="card approval-standing">
      <div className="approval-standing-head">
        <Icon name={usageIcons[leadingUsage(document)]} size={24} />
        <h3 className="breakable">{title}</h3>
      </div>
      <progress
        className="approval-spent"
        max={document.count}
        value={left}
        aria-label={say('standing.left', { count: document.count, remaining: left })}
      />
      <p>
        {say('standing.left', { count: document.count, remaining: left })}{' '}
        <span className="quiet">{say('standing.until', { time: dateTime(document.until) })}</span>
      </p>
      <div className="banner-actions">
        <Button
          size="small"
          name={say('home.show.of', { name: title })}
          onPress={() => go({ at: 'approval', organizationId, approvalId })}
        >
          {say('home.show')}
        </Button>
        {mayWithdraw(request) && (
          <Button
            size="small"
            name={say('standing.withdraw.of', {
              requester: partyName(document.requestedBy, words),
            })}
            onPress={() => ask(true)}
          >
            {say('standing.withdraw')}
          </Button>
        )}
      </div>
      {asking && <WithdrawDialog request={request} onClose={() => ask(false)} />}
    </div>
  );
}
