import { Icon } from '../ui/icon.tsx';
import { useWords, type Words } from '../words.ts';
import type { NameMark, Script } from './name-marks.ts';

/** What a name might be mistaken for, in words. */
export function MarkNotes({ marks }: { readonly marks: readonly NameMark[] }) {
  const words = useWords();
  const { say, list } = words;
  const one = marks.filter(
    ({ mark }, index) => marks.findIndex((other) => other.mark === mark) === index,
  );
  return one.map((found) => (
    <span className="name-note name-warning" key={found.mark}>
      <Icon name="warning" size={16} />
      <span>
        {found.mark === 'stacked'
          ? say('name.stacked')
          : say(`name.${found.mark}`, {
              scripts: list(
                found.scripts.map((script) => scriptName(script, words)),
                'and',
              ),
            })}
      </span>
    </span>
  ));
}

/** ISO 15924. */
const codes = {
  Latin: 'Latn',
  Cyrillic: 'Cyrl',
  Greek: 'Grek',
  Armenian: 'Armn',
  Georgian: 'Geor',
  Cherokee: 'Cher',
  Hebrew: 'Hebr',
  Arabic: 'Arab',
  Devanagari: 'Deva',
  Thai: 'Thai',
  Han: 'Hani',
  Hiragana: 'Hira',
  Katakana: 'Kana',
  Hangul: 'Hang',
  Bopomofo: 'Bopo',
} as const satisfies Record<Exclude<Script, 'other'>, string>;

function scriptName(script: Script, { say, locale }: Words): string {
  if (script === 'other') return say('name.script.other');
  const code = codes[script];
  return new Intl.DisplayNames(locale, { type: 'script' }).of(code) ?? code;
}
