import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PartObserver } from './part.tsx';
import { leftToSee, noEdges, unread, withEdges, withSeen, type SeenEdges } from './reading.ts';

export interface ReadingProgress {
  readonly observer: PartObserver;
  /** What has not been in view, in the order of the page. */
  readonly left: readonly string[];
  /** Brings the next of it into view, with the focus. */
  readonly showNext: () => void;
}

/** A part that is higher than the view meets these on its way. */
const thresholds = Array.from({ length: 21 }, (_, step) => step / 20);

/** Follows which parts of what has this digest have been in view, between the top of the window and the action bar. */
export function useReading(digest: string, parts: readonly string[]): ReadingProgress {
  const [reading, setReading] = useState(() => unread(digest));
  const elements = useRef(new Map<string, HTMLElement>());
  const watching = useRef<IntersectionObserver | null>(null);
  const register = useCallback((part: string, element: HTMLElement) => {
    elements.current.set(part, element);
    watching.current?.observe(element);
    return () => {
      elements.current.delete(part);
      watching.current?.unobserve(element);
    };
  }, []);
  useEffect(() => {
    const edges = new Map<string, SeenEdges>();
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      const whole = entries.flatMap(
        ({ target, isIntersecting, boundingClientRect, rootBounds }) => {
          const part = target.getAttribute('data-part');
          if (part === null || !isIntersecting || rootBounds === null) return [];
          const now = withEdges(edges.get(part) ?? noEdges, boundingClientRect, rootBounds);
          edges.set(part, now);
          return now.top && now.bottom ? [part] : [];
        },
      );
      setReading((before) => withSeen(before, digest, whole));
    };
    return watchParts(elements.current, look, watching);
  }, [digest]);
  const left = useMemo(() => leftToSee(reading, digest, parts), [reading, digest, parts]);
  const showNext = (): void => {
    const next = left
      .map((part) => elements.current.get(part))
      .find((found) => found !== undefined);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'start', behavior: 'auto' });
  };
  return { observer: useMemo(() => ({ register }), [register]), left, showNext };
}

/** Begins anew whenever the action bar, which hides what lies behind it, has another height. */
function watchParts(
  elements: ReadonlyMap<string, HTMLElement>,
  look: (entries: readonly IntersectionObserverEntry[]) => void,
  watching: { current: IntersectionObserver | null },
): () => void {
  const main = document.querySelector('main');
  const bar = document.querySelector<HTMLElement>('.action-bar');
  const begin = (): void => {
    watching.current?.disconnect();
    const hidden =
      bar !== null && getComputedStyle(bar).position === 'sticky' ? bar.offsetHeight : 0;
    watching.current = new IntersectionObserver(look, {
      root: main,
      rootMargin: `0px 0px -${String(hidden)}px 0px`,
      threshold: thresholds,
    });
    for (const element of elements.values()) watching.current.observe(element);
  };
  const resizing = new ResizeObserver(begin);
  begin();
  if (bar !== null) resizing.observe(bar);
  return () => {
    resizing.disconnect();
    watching.current?.disconnect();
    watching.current = null;
  };
}
