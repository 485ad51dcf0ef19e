import { useEffect, useRef, useState, type ReactNode } from 'react';
import './long-list.css';

interface LongListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly render: (item: Item) => ReactNode;
}

const chunkSize = 20;

/** A list of any length: only the part that is in sight, and a little more, is built. */
export function LongList<Item>({ label, items, keyOf, render }: LongListProps<Item>) {
  const chunks = Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, index) =>
    items.slice(index * chunkSize, (index + 1) * chunkSize),
  );
  return (
    <div role="list" aria-label={label}>
      {chunks.map((chunk, chunkIndex) => (
        <Chunk key={chunkIndex} first={chunkIndex === 0}>
          {() =>
            chunk.map((item, index) => (
              <div
                key={keyOf(item)}
                role="listitem"
                aria-setsize={items.length}
                aria-posinset={chunkIndex * chunkSize + index + 1}
              >
                {render(item)}
              </div>
            ))
          }
        </Chunk>
      ))}
    </div>
  );
}

interface ChunkProps {
  /** In sight from the beginning. */
  readonly first: boolean;
  readonly children: () => ReactNode;
}

function Chunk({ first, children }: ChunkProps) {
  const [near, setNear] = useState(first);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const observer = new IntersectionObserver(
      (entries) =>
        setNear(
          entries.at(-1)?.isIntersecting === true ||
            // What has the focus stays, however far the list is scrolled.
            observed.contains(document.activeElement),
        ),
      { root: observed.closest('main'), rootMargin: '1500px 0px' },
    );
    observer.observe(observed);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} role="presentation" className={near ? undefined : 'long-list-rest'}>
      {near && children()}
    </div>
  );
}
