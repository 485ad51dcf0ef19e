import { describe, expect, test } from 'vitest';
import { httpFaultOf } from './http-fault.ts';

const coded = (code: string): Error => Object.assign(new Error('of no interest'), { code });

describe('a fault', () => {
  test.each([
    [['ENETUNREACH', 'ECONNREFUSED'], 'refused'],
    [['ECONNREFUSED', 'ENETUNREACH'], 'refused'],
    [['EHOSTUNREACH', 'ETIMEDOUT'], 'timeout'],
    [['EHOSTUNREACH', 'ENETUNREACH'], 'unreachable'],
    [[], 'unreachable'],
  ])('of the addresses of one host, %j, is the one that says most', (codes, fault) => {
    const error = Object.assign(new AggregateError(codes.map(coded)), { code: codes[0] });
    expect(httpFaultOf(error, false)).toBe(fault);
  });

  test('that nobody knows is told by how far the request came', () => {
    expect(httpFaultOf(coded('NEVER_HEARD'), true)).toBe('reset');
    expect(httpFaultOf(coded('NEVER_HEARD'), false)).toBe('unreachable');
    expect(httpFaultOf('not even an error', false)).toBe('unreachable');
  });
});
