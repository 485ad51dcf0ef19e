import { Icon } from './icon.tsx';
import './steps.css';

interface StepsProps {
  /** Names the list for assistive technology. */
  readonly label: string;
  readonly names: readonly string[];
  /** Index of the present step. */
  readonly current: number;
  /** Said after the name of a step that lies behind. */
  readonly doneWord: string;
}

/** How far one has come, in a few named steps. */
export function Steps({ label, names, current, doneWord }: StepsProps) {
  return (
    <ol className="steps" aria-label={label}>
      {names.map((name, index) => (
        <li
          key={name}
          className={index < current ? 'steps-done' : undefined}
          aria-current={index === current ? 'step' : undefined}
        >
          <span className="steps-number" aria-hidden="true">
            {index < current ? <Icon name="check" size={14} /> : index + 1}
          </span>
          {name}
          {index < current && <span className="visually-hidden">{doneWord}</span>}
        </li>
      ))}
    </ol>
  );
}
