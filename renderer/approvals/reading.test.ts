import { describe, expect, it } from 'vitest';
import { leftToSee, noEdges, unread, withEdges, withSeen } from './reading.ts';

const parts = ['who a', 'what b', 'exact c'];
const digest = 'first';

describe('what was read of a request', () => {
  it('is what was in view, part by part, in any order', () => {
    const some = withSeen(withSeen(unread(digest), digest, ['exact c']), digest, ['who a']);
    expect(leftToSee(some, digest, parts)).toEqual(['what b']);
    expect(leftToSee(withSeen(some, digest, ['what b']), digest, parts)).toEqual([]);
  });

  it('is nothing as soon as the digest is another one', () => {
    const all = withSeen(unread(digest), digest, parts);
    expect(leftToSee(all, 'second', parts)).toEqual(parts);
    const after = withSeen(all, 'second', ['who a']);
    expect(leftToSee(after, 'second', parts)).toEqual(['what b', 'exact c']);
    // And what was seen of the first is not remembered for when it comes back.
    expect(leftToSee(after, digest, parts)).toEqual(parts);
  });

  it('stays the same object while nothing new comes into view', () => {
    const some = withSeen(unread(digest), digest, ['who a']);
    expect(withSeen(some, digest, ['who a'])).toBe(some);
  });

  it('counts a part that is higher than the view when its beginning and its end have been there', () => {
    const view = { top: 56, bottom: 500 };
    const tall = 1200;
    const at = (top: number) => ({ top, bottom: top + tall });
    const begun = withEdges(noEdges, at(300), view);
    expect(begun).toEqual({ top: true, bottom: false });
    const middle = withEdges(begun, at(-300), view);
    expect(middle).toEqual({ top: true, bottom: false });
    expect(withEdges(middle, at(-800), view)).toEqual({ top: true, bottom: true });
  });

  it('does not count what lies behind the action bar or above the view', () => {
    const view = { top: 56, bottom: 500 };
    expect(withEdges(noEdges, { top: 480, bottom: 540 }, view).bottom).toBe(false);
    expect(withEdges(noEdges, { top: 20, bottom: 80 }, view).top).toBe(false);
    expect(withEdges(noEdges, { top: 501, bottom: 560 }, view)).toEqual({
      top: true,
      bottom: false,
    });
  });
});
