import { useId, type ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './choice.css';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly icon?: IconName;
  readonly rest?: ReactNode;
  readonly off?: boolean;
}

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  /** The legend is there for assistive technology, where a heading says it already. */
  readonly legendHidden?: boolean;
  readonly options: readonly Option<Value>[];
  readonly value: Value | undefined;
  readonly onChoose: (value: Value) => void;
}

/** One of several, each with room for an explanation. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { legend, legendHidden = false, options, value, onChoose } = props;
  const group = useId();
  return (
    <fieldset>
      <legend className={legendHidden ? 'visually-hidden' : 'choice-legend'}>{legend}</legend>
      <div className="choice-list">
        {options.map((option) => (
          <label className="choice" key={option.value}>
            <input
              type="radio"
              name={group}
              value={option.value}
              checked={option.value === value}
              disabled={option.off === true}
              aria-labelledby={`${group}-${option.value}`}
              aria-describedby={
                option.rest === undefined ? undefined : `${group}-${option.value}-rest`
              }
              onChange={() => onChoose(option.value)}
            />
            <span className="choice-name breakable" id={`${group}-${option.value}`}>
              {option.name}
            </span>
            {option.icon !== undefined && <Icon name={option.icon} size={24} />}
            {option.rest !== undefined && (
              <div className="choice-rest" id={`${group}-${option.value}-rest`}>
                {option.rest}
              </div>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
