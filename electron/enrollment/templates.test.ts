import { describe, expect, it } from 'vitest';
import { fill } from './templates.ts';

const values = { '{subject.email}': 'alex@example.test', '{device.name}': 'desk' } as const;

describe('a template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{subject.email}', 'alex@example.test'],
    ['{device.name}.{device.name}.example', 'desk.desk.example'],
    ['urn:{subject.email}/{device.name}', 'urn:alex@example.test/desk'],
    ['', ''],
  ])('"%s" becomes "%s"', (template, filled) => {
    expect(fill(template, values)).toBe(filled);
  });

  it.each(['{subject.name}', 'x {subject.name} y', '{toString}', '{__proto__}', '{}'])(
    '"%s" cannot be filled in',
    (template) => {
      expect(fill(template, values)).toBeUndefined();
    },
  );

  it('does not look for placeholders in what it fills in', () => {
    const hostile = { '{subject.email}': '{device.name}', '{device.name}': '$& $1' };
    expect(fill('{subject.email} {device.name}', hostile)).toBe('{device.name} $& $1');
  });

  it('counts an empty value as missing', () => {
    expect(fill('{device.name}', { '{device.name}': '' })).toBeUndefined();
  });
});
