/**
 * A name on one line of a mail: what would end the line, steer how it is read or cannot be seen stands out as U+FFFD.
 * Longer ones are cut off.
 */
export function plain(text: string, longest = 200): string {
  const shown = text
    .normalize('NFC')
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, '\ufffd')
    .replaceAll(/\s+/g, ' ')
    .trim();
  // By code points: half a character would be no text.
  const characters = Array.from(shown);
  return characters.length <= longest ? shown : `${characters.slice(0, longest - 1).join('')}…`;
}
