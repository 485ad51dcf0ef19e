import type { TokenView } from '../../shared/models/token.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useWords } from '../words.ts';
import type { PluggedIn } from './plugged-in.ts';

/** PIN, PUK, and what can be made there. */
export function TokenFacts({ token }: { readonly token: TokenView }) {
  const { say, list } = useWords();
  const { login, pin, puk, makes } = token;
  const state = say(`pinState.${pin}`);
  const pinWords = {
    none: say('tokens.pin.none'),
    pin: state,
    'pin-pad': say('tokens.pin.onReader', { state }),
  }[login];
  const facts: readonly Fact[] = [
    [say('tokens.pin'), pinWords],
    ...(login === 'none' ? [] : [[say('tokens.puk'), say(`pinState.${puk}`)] as const]),
    [say('tokens.makes'), makes.length === 0 ? say(noneId(token)) : list(makes, 'and')],
  ];
  return <Facts facts={facts} />;
}

/** Nothing found about a card that makes no keys: it has some. */
const noneId = ({ findings }: TokenView) =>
  findings.some(({ found }) => found === 'makes-nothing' || found === 'unsuitable')
    ? 'tokens.makes.none'
    : 'tokens.makes.uses';

/** What the help desk asks for. */
export function TokenDetails({ token, driver }: Pick<PluggedIn, 'token' | 'driver'>) {
  const { say } = useWords();
  const { manufacturer, model, serial, freeMemory, isHardware } = token;
  const facts: readonly Fact[] = [
    [say('tokens.maker'), [manufacturer, model].filter((part) => part !== '').join(', ')],
    [say('tokens.serial'), serial],
    [say('tokens.driver'), driver.name],
    [say('drivers.path'), driver.path],
    [say('tokens.hardware'), say(isHardware ? 'tokens.hardware.yes' : 'tokens.hardware.no')],
    ...(freeMemory === undefined
      ? []
      : [[say('tokens.room'), say('tokens.room.octets', { octets: freeMemory })] as const]),
  ];
  return (
    <Disclosure label={say('details')}>
      <Facts facts={facts.filter(([, value]) => value !== '')} />
    </Disclosure>
  );
}
