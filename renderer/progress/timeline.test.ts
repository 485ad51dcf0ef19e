import { describe, expect, it } from 'vitest';
import { enrollmentSteps } from '../../shared/enrollment-state.ts';
import { timelineAt } from '../testing/enrollments.ts';
import { completeTimeline, elapsedSeconds, isAfterProof, keyHint, stepName } from './timeline.ts';

describe('the timeline of an enrolment', () => {
  it('names every step, also those that main has not mentioned', () => {
    const [first] = timelineAt('preflight');
    if (first === undefined) throw new Error('no first step');
    const complete = completeTimeline([first]);
    expect(complete.map(({ step }) => step)).toEqual([...enrollmentSteps]);
    expect(complete[0]).toBe(first);
    expect(complete[1]).toEqual({ step: 'key', status: 'pending' });
  });

  it('counts how long a step takes, and stops when it has ended', () => {
    const startedAt = '2026-11-22T10:00:00Z';
    const now = Date.parse('2026-11-22T10:00:09.900Z');
    expect(elapsedSeconds({ step: 'key', status: 'active', startedAt }, now)).toBe(9);
    const endedAt = '2026-11-22T10:00:02Z';
    expect(elapsedSeconds({ step: 'key', status: 'done', startedAt, endedAt }, now)).toBe(2);
    expect(elapsedSeconds({ step: 'key', status: 'pending' }, now)).toBeUndefined();
  });

  it('never counts backwards when the clock was set back', () => {
    const startedAt = '2026-11-22T10:00:05Z';
    const now = Date.parse('2026-11-22T10:00:00Z');
    expect(elapsedSeconds({ step: 'key', status: 'active', startedAt }, now)).toBe(0);
  });

  it('says where a key is made, and why that takes a while', () => {
    expect(stepName('key', undefined)).toBe('step.key');
    expect(stepName('key', 'software')).toBe('step.key');
    expect(stepName('key', 'token')).toBe('step.key.token');
    expect(stepName('order', 'token')).toBe('step.order');
    expect(keyHint('token', 'RSA-4096')).toBe('step.key.rsa');
    expect(keyHint('token', 'P-256')).toBe('step.key.stay');
    expect(keyHint('tpm', 'P-256')).toBeUndefined();
    expect(keyHint('software', 'RSA-4096')).toBeUndefined();
  });

  it('knows what lies behind the proof', () => {
    expect(enrollmentSteps.filter(isAfterProof)).toEqual(['issue', 'install']);
  });
});
