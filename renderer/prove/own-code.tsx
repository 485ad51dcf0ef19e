import { useId } from 'react';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words.ts';

interface OwnCodeProps {
  readonly busy: boolean;
  readonly off: boolean;
  readonly onUse: () => void;
}

/** The wallet's own authenticator, which says of itself that it is no second factor. */
export function OwnCode({ busy, off, onUse }: OwnCodeProps) {
  const { say } = useWords();
  const text = useId();
  return (
    <div className="own-code">
      <h3>{say('prove.own')}</h3>
      <p className="quiet small" id={text}>
        {say('prove.own.text')}
      </p>
      <div>
        <Button busy={busy} off={off} describedBy={text} onPress={onUse}>
          {say('prove.own.submit')}
        </Button>
      </div>
    </div>
  );
}
