import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { sectionOf } from './part.tsx';

/** What the button that approves is described by, while it is off. */
export const readingStatusId = 'approval-reading';

interface ReadingStatusProps {
  readonly left: readonly string[];
  readonly onShow: () => void;
}

/** What has to be read before anything can be approved; told when a section is done, not with every line. */
export function ReadingStatus({ left, onShow }: ReadingStatusProps) {
  const { say, list } = useWords();
  const missing = [...new Set(left.map(sectionOf))].filter((section) => section !== undefined);
  const names = list(
    missing.map((section) =>
      say('approval.reading.section', { name: say(`approval.section.${section}`) }),
    ),
    'and',
  );
  const done = missing.length === 0;
  return (
    <div className="approval-reading">
      <Icon name={done ? 'check' : 'document'} size={18} />
      <p id={readingStatusId} role="status" className="small">
        {done ? say('approval.reading.done') : say('approval.reading.left', { names })}
      </p>
      {!done && (
        <Button size="small" onPress={onShow}>
          {say('approval.reading.show')}
        </Button>
      )}
    </div>
  );
}
