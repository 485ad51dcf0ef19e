import { describe, expect, it } from 'vitest';
import type { ProblemDocument } from '../../shared/failure.ts';
import { failureSentence } from './sentences.ts';

const malformed: ProblemDocument = {
  type: 'urn:ietf:params:acme:error:malformed',
  detail: '',
  status: 400,
  subproblems: [],
};

describe('what a failure is called at a terminal', () => {
  it('has the words of the CA where they are announced', () => {
    const detail = 'The "until" must be a time within 90 days';
    expect(failureSentence({ code: 'acme-problem', problem: { ...malformed, detail } })).toBe(
      'The organisation’s server said no. This is what it gave as the reason: ' +
        `(${detail}) If that does not help you, ask the help desk.`,
    );
  });

  it('announces none where there are none', () => {
    expect(failureSentence({ code: 'acme-problem', problem: malformed })).toBe(
      'The organisation’s server said no. If that does not help you, ask the help desk.',
    );
  });

  it('has them at the end elsewhere', () => {
    const type = 'urn:ietf:params:acme:error:unauthorized';
    const problem = { ...malformed, type, detail: 'Not yours.' };
    expect(failureSentence({ code: 'acme-problem', problem })).toMatch(/\. \(Not yours\.\)$/);
  });
});
