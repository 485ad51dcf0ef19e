import type { TokenView } from '../../shared/models/token.ts';
import { PinField } from '../pin/pin-field.tsx';
import { useWords } from '../words.ts';
import type { PinWay } from './findings.ts';
import type { PinChangeEntry } from './use-pin-change.ts';

interface ChangePinFieldsProps {
  readonly entry: PinChangeEntry;
  readonly way: PinWay;
  readonly token: TokenView;
  readonly busy: boolean;
}

export function ChangePinFields({ entry, way, token, busy }: ChangePinFieldsProps) {
  const { say } = useWords();
  const { fault } = entry;
  const { secret, next, repeat } = entry.fields;
  const limits = token.pinLength;
  const common = { limits, readOnly: busy };
  return (
    <>
      <PinField
        {...common}
        ref={secret}
        label={say(way === 'change' ? 'changePin.change.current' : 'changePin.puk')}
        hint={way === 'change' ? undefined : say('changePin.puk.hint')}
        fault={fault?.in === 'current' ? fault.fault : undefined}
        error={
          fault?.in === 'current' && way !== 'change' ? say('changePin.puk.missing') : undefined
        }
      />
      <PinField
        {...common}
        ref={next}
        label={say('changePin.next')}
        fault={fault?.in === 'next' ? fault.fault : undefined}
      />
      <PinField
        {...common}
        ref={repeat}
        label={say('changePin.repeat')}
        fault={undefined}
        error={fault?.in === 'repeat' ? say('changePin.different') : undefined}
      />
    </>
  );
}
