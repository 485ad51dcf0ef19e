import { ShapeMismatch, type Reader } from './shape.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,20})?([Zz]|[+-]\d{2}:\d{2})$/;
const longest = 64;

/** An RFC 3339 time, as all ACME objects have it. */
export const timestamp: Reader<Date> = (value, path) => {
  if (typeof value === 'string' && value.length <= longest && rfc3339.test(value)) {
    const date = new Date(value.toUpperCase());
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new ShapeMismatch(path, 'RFC 3339 time');
};
