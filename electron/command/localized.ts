import type { LocalizedText } from '../../shared/models/text.ts';

/** The command speaks English; of a text without it, the first. */
export function inEnglish(text: LocalizedText): string {
  return text['en'] ?? Object.values(text)[0] ?? '';
}
