import { z } from 'zod';

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,20})?([Zz]|[+-]\d{2}:\d{2})$/;

/** An RFC 3339 time, as all ACME objects have it. */
export const timestampSchema = z
  .string()
  .max(64)
  .regex(rfc3339)
  .transform((text) => new Date(text.toUpperCase()))
  .refine((date) => !Number.isNaN(date.getTime()), 'is no time');
