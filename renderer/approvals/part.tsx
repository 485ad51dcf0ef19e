import { createContext, use, useCallback, type ReactNode } from 'react';

/** Where on the page a part stands; the words for it are `approval.section.…`. */
export const sections = ['who', 'what', 'why', 'key', 'deciding', 'exact'] as const;
export type Section = (typeof sections)[number];

export const partId = (section: Section, name: string): string => `${section} ${name}`;
export const sectionOf = (part: string): Section | undefined =>
  sections.find((section) => part.startsWith(`${section} `));

/** Who wants to know what comes into view; null where nothing depends on it. */
export interface PartObserver {
  readonly register: (part: string, element: HTMLElement) => () => void;
}
export const PartContext = createContext<PartObserver | null>(null);

interface PartProps {
  readonly section: Section;
  readonly name: string;
  readonly look: string;
  readonly children: ReactNode;
}

/** A part of a request that has to be in view before the request can be approved: a name with its value, in a list of them. */
export function Part({ section, name, look, children }: PartProps) {
  const observer = use(PartContext);
  const part = partId(section, name);
  const register = useCallback(
    (element: HTMLElement | null) =>
      element === null ? undefined : observer?.register(part, element),
    [observer, part],
  );
  return (
    <div
      className={look}
      ref={register}
      tabIndex={observer === null ? undefined : -1}
      data-part={part}
    >
      {children}
    </div>
  );
}
