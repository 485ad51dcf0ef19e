import { z } from 'zod';

const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * Whether a text is a moment in the one form that approvals have, UTC with whole seconds (docs/approvals.md §2). Of a day
 * that there is not, a date makes another one: what is shown would not be what is signed.
 */
export function isUtcTime(text: string): boolean {
  const at = form.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString() === text.replace('Z', '.000Z');
}

export const utcTime = z.string().max(20).refine(isUtcTime, 'is no moment');
