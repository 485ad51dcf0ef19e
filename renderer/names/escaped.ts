import { domainReading, nameMarks } from './name-marks.ts';

/** A space that is none, or the blank of Braille: to be seen as nothing else than a space. */
const oddSpace = /(?! )\p{Zs}|\u2800/u;

/** What a text is made of is not what it looks like. */
export const needsEscapes = (text: string): boolean =>
  oddSpace.test(text) || nameMarks(text).length > 0 || domainReading(text).marks.length > 0;

/** A text with everything beyond ASCII by its number, as JSON may have it (RFC 8259 §7). */
export const escaped = (text: string): string =>
  text.replaceAll(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
