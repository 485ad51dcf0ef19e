import { longestText } from '../approvals/one-line.ts';
import { TextArea } from '../ui/text-area.tsx';
import { useWords } from '../words.ts';

interface ReasonFieldProps {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

/** What those who have to agree want to know first. */
export function ReasonField({ reason, onReason }: ReasonFieldProps) {
  const { say } = useWords();
  return (
    <TextArea
      label={say('choose.reason')}
      hint={say('choose.reason.hint')}
      value={reason}
      maxLength={longestText}
      onText={onReason}
    />
  );
}
