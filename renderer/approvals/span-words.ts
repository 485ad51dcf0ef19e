import type { Words } from '../words.ts';

const hour = 3600;
const day = 24 * hour;

/** A span of whole seconds in the unit that people use for it, never shorter than it is: 15 minutes, 36 hours, 460 days. */
export function spanWords(seconds: number, { say }: Words): string {
  if (seconds >= 2 * day) return say('span.days', { count: Math.ceil(seconds / day) });
  if (seconds >= 2 * hour) return say('span.hours', { count: Math.ceil(seconds / hour) });
  return say('span.minutes', { count: Math.ceil(seconds / 60) });
}

/** What is left of a time, never more than it is; undefined once it has come. */
export function leftWords(until: string, now: number, words: Words): string | undefined {
  const seconds = Math.floor((Date.parse(until) - now) / 1000);
  if (seconds <= 0) return undefined;
  const unit = seconds >= 2 * day ? day : seconds >= 2 * hour ? hour : 60;
  return spanWords(Math.max(Math.floor(seconds / unit) * unit, 60), words);
}
