import { useState } from 'react';
import type { Result } from '../../shared/failure.ts';
import type { ApprovalMessage } from '../../shared/models/approval.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Party } from '../names/name.tsx';
import { Button } from '../ui/button.tsx';
import { TextArea } from '../ui/text-area.tsx';
import { useRequest } from '../use-request.ts';
import { useWords } from '../words.ts';
import { longestText, oneLine } from './one-line.ts';
import { Quote } from './quote.tsx';
import './people.css';

/** Questions and answers so far, everybody's words as theirs. */
export function Messages({ messages }: { readonly messages: readonly ApprovalMessage[] }) {
  const { say, dateTime } = useWords();
  if (messages.length === 0) return null;
  return (
    <ul className="approval-messages" aria-label={say('approval.messages')}>
      {messages.map(({ from, at, text }) => (
        <li key={`${at} ${text}`}>
          <Party party={from} />
          <time className="quiet small" dateTime={at}>
            {dateTime(at)}
          </time>
          <Quote text={text} />
        </li>
      ))}
    </ul>
  );
}

interface MessageFormProps {
  readonly label: string;
  /** Where what opens it says it already. */
  readonly labelHidden?: boolean;
  readonly hint: string;
  readonly action: string;
  readonly send: (text: string) => Promise<Result<unknown>>;
  readonly onSent?: () => void;
}

/** Says something to the others; what was typed stays until it has arrived. */
export function MessageForm(props: MessageFormProps) {
  const { label, labelHidden = false, hint, action, send, onSent } = props;
  const { say } = useWords();
  const request = useRequest();
  const [text, setText] = useState('');
  const [empty, setEmpty] = useState(false);
  const [sent, setSent] = useState(false);
  const submit = async (): Promise<void> => {
    const said = oneLine(text);
    setEmpty(said === '');
    if (said === '' || request.busy) return;
    const answer = await request.send(() => send(said));
    setSent(answer.ok);
    if (!answer.ok) return;
    setText('');
    onSent?.();
  };
  return (
    <form
      className="approval-message-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextArea
        label={label}
        labelHidden={labelHidden}
        hint={hint}
        value={text}
        maxLength={longestText}
        error={empty && oneLine(text) === '' ? say('approval.text.missing') : undefined}
        onText={(typed) => {
          setText(typed);
          setSent(false);
        }}
      />
      <div className="approval-message-action">
        <Button type="submit" busy={request.busy}>
          {action}
        </Button>
        <span className="quiet small" role="status">
          {sent && say('approval.message.sent')}
        </span>
      </div>
      {request.failure !== null && <FailureMessage failure={request.failure} tone="warning" />}
    </form>
  );
}
