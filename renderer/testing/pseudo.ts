import {
  isArgumentElement,
  isDateElement,
  isLiteralElement,
  isNumberElement,
  isPluralElement,
  isPoundElement,
  isSelectElement,
  isTagElement,
  isTimeElement,
  parse,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';
import type { Catalogue, MessageId } from '../words.ts';

const accents: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  y: 'ý',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  z: 'ž',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  Y: 'Ý',
  C: 'Ç',
  N: 'Ñ',
  S: 'Š',
  Z: 'Ž',
};

/** A language that nobody speaks: longer, accented, and in brackets, so that what is not translated shows. */
export function pseudoCatalogue(catalogue: Catalogue): Catalogue {
  const entries = Object.entries(catalogue).map(([id, message]) => [id, pseudo(message)] as const);
  return Object.fromEntries(entries) as Record<MessageId, string>;
}

function pseudo(message: string): string {
  let accented = message;
  for (const [start, end] of parse(message, { captureLocation: true }).flatMap(literalsIn)) {
    const literal = message
      .slice(start, end)
      .replace(/[A-Za-z]/g, (letter) => accents[letter] ?? letter);
    accented = accented.slice(0, start) + literal + accented.slice(end);
  }
  return `⟦${accented}${' ·'.repeat(1 + message.length / 6)}⟧`;
}

/** Where in a message its own words stand. */
function literalsIn(element: MessageFormatElement): readonly (readonly [number, number])[] {
  const { location } = element;
  if (isLiteralElement(element) && location !== undefined)
    return [[location.start.offset, location.end.offset]];
  if (isPluralElement(element) || isSelectElement(element))
    return Object.values(element.options).flatMap(({ value }) => value.flatMap(literalsIn));
  return [];
}

/** The arguments of a message with the way each is formatted, sorted: what two languages must share. */
export function argumentsOf(message: string): readonly string[] {
  return [...new Set(parse(message).flatMap(argumentsIn))].toSorted();
}

function argumentsIn(element: MessageFormatElement): readonly string[] {
  if (isLiteralElement(element) || isPoundElement(element)) return [];
  if (isPluralElement(element) || isSelectElement(element)) {
    const inside = Object.values(element.options).flatMap(({ value }) =>
      value.flatMap(argumentsIn),
    );
    return [`${element.value}: ${isPluralElement(element) ? 'plural' : 'select'}`, ...inside];
  }
  if (isTagElement(element))
    return [`<${element.value}>`, ...element.children.flatMap(argumentsIn)];
  if (isArgumentElement(element)) return [element.value];
  if (isNumberElement(element)) return [`${element.value}: number`];
  if (isDateElement(element) || isTimeElement(element)) return [`${element.value}: date`];
  return [];
}
