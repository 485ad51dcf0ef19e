import { describe, expect, it } from 'vitest';
import tokens from './tokens.css?raw';

const pairs = Object.fromEntries(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

/** WCAG 2.2: 4.5 for text (1.4.3), 3 for what has to be seen to use it (1.4.11). */
const demands: readonly (readonly [front: string, back: string, least: number])[] = [
  ...['ink', 'ink-quiet', 'accent', 'warning', 'danger'].flatMap((front) =>
    ['paper', 'surface', 'sunken', 'hover'].map((back) => [front, back, 4.5] as const),
  ),
  ['accent', 'accent-wash', 4.5],
  ['ink', 'accent-wash', 4.5],
  ['ink-quiet', 'accent-wash', 4.5],
  ['warning', 'warning-wash', 4.5],
  ['ink-quiet', 'warning-wash', 4.5],
  ['danger', 'danger-wash', 4.5],
  ['ink-quiet', 'danger-wash', 4.5],
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-strong', 4.5],
  ['on-danger', 'danger', 4.5],
  ['on-danger', 'danger-strong', 4.5],
  ['line-strong', 'paper', 3],
  ['line-strong', 'surface', 3],
  ['focus', 'paper', 3],
  ['focus', 'surface', 3],
];

describe('the colours', () => {
  it.each(demands)(
    '%s on %s has a contrast of at least %s in light and dark',
    (front, back, least) => {
      for (const theme of ['light', 'dark'] as const) {
        const contrast = contrastOf(pairs[front]?.[theme] ?? '', pairs[back]?.[theme] ?? '');
        expect(contrast, theme).toBeGreaterThanOrEqual(least);
      }
    },
  );
});

function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance of a `#rrggbb` colour, as WCAG defines it. */
function luminance(colour: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
