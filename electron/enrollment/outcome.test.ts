import { describe, expect, it } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import { AcmeOutcomeUnknown, AcmePollDeadline, AcmeProtocolError } from '../acme/protocol-error.ts';
import { HttpError } from '../http/http-client.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import { failureOf, isFinal } from './outcome.ts';

const url = 'https://ca.example/acme/order/1';

function problem(name: string, status: number): Failure {
  const type = `urn:ietf:params:acme:error:${name}`;
  return { code: 'acme-problem', problem: { type, detail: '', status, subproblems: [] } };
}

describe('what can be mended, and so only interrupts', () => {
  it.each<Failure>([
    { code: 'network', reason: 'refused', host: 'ca.example' },
    { code: 'clock', skewSeconds: 4000 },
    { code: 'secret-store', reason: 'locked' },
    { code: 'wallet-storage', reason: 'not-writable' },
    { code: 'install', target: 'nss', reason: 'tool-missing' },
    { code: 'internal' },
    problem('serverInternal', 500),
    problem('rateLimited', 429),
    problem('rateLimited', 403),
    problem('userActionRequired', 403),
    problem('externalAccountRequired', 401),
    {
      code: 'acme-problem',
      problem: { type: 'about:blank', detail: '', status: 404, subproblems: [] },
    },
  ])('$code', (failure) => {
    expect(isFinal(new Error(), failure)).toBe(false);
  });
});

describe('what is final', () => {
  it.each<Failure>([
    { code: 'authorization-failed' },
    { code: 'order-expired' },
    { code: 'unsupported-challenge', types: ['x-01'] },
    { code: 'certificate', reason: 'key-mismatch' },
    problem('rejectedIdentifier', 400),
    problem('badCSR', 400),
    problem('invalidProfile', 400),
  ])('$code', (failure) => {
    expect(isFinal(new Error(), failure)).toBe(true);
  });
});

it.each([
  ['order-changed', true],
  ['foreign-url', true],
  ['not-ordered', true],
  ['unexpected-state', true],
  ['not-json', false],
  ['unexpected-content-type', false],
  ['nonce-refused', false],
] as const)('an answer against the protocol (%s) is final: %s', (reason, final) => {
  const error = new AcmeProtocolError(reason, 'trying', { url });
  expect(isFinal(error, { code: 'acme-protocol', detail: reason })).toBe(final);
});

describe('what the person is told', () => {
  const toFailure = failureTranslator((error) => expect.fail(String(error)));

  it('of a lost answer is why it was lost', () => {
    const cause = new HttpError('timeout', 'ca.example');
    expect(failureOf(new AcmeOutcomeUnknown('trying', url, { cause }), toFailure)).toEqual({
      code: 'network',
      reason: 'timeout',
      host: 'ca.example',
    });
  });

  it('of something that was waited for in vain is that it expired', () => {
    expect(failureOf(new AcmePollDeadline('waiting', url), toFailure)).toEqual({
      code: 'order-expired',
    });
  });
});
