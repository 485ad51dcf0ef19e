import { expect, it } from 'vitest';
import { renewalWindow } from './renewal-window.ts';

const lifetime = {
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2026-03-26T00:00:00Z'),
};

it('is from two thirds to eleven twelfths of the lifetime when nobody says otherwise', () => {
  expect(renewalWindow(lifetime)).toEqual({
    start: '2026-02-26T00:00:00.000Z',
    end: '2026-03-19T00:00:00.000Z',
  });
});

it('starts where the offer says, and ends before the certificate does', () => {
  expect(renewalWindow(lifetime, 0.5)).toEqual({
    start: '2026-02-12T00:00:00.000Z',
    end: '2026-03-15T12:00:00.000Z',
  });
});
