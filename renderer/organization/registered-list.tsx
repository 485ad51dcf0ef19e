import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import type { RegisteredWay } from './registered-ways.ts';

interface RegisteredListProps {
  readonly ways: readonly RegisteredWay[];
  readonly onForget: (way: RegisteredWay) => void;
}

export function RegisteredList({ ways, onForget }: RegisteredListProps) {
  const { say, date } = useWords();
  return (
    <ul className="ways">
      {ways.map((way) => (
        <li key={`${way.kind} ${way.id}`}>
          <Icon name={way.kind} size={24} />
          <div>
            <p className="ways-name breakable">{way.name}</p>
            <p className="quiet small breakable">
              {way.where !== undefined && `${way.where} · `}
              {say('ways.registered', { date: date(way.registeredAt) })}
            </p>
          </div>
          <Button
            size="small"
            name={say('ways.forget.of', { name: [way.name, way.where].join(' ').trim() })}
            onPress={() => onForget(way)}
          >
            {say('ways.forget')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
