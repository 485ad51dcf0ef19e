import { createContext, use, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Where in the screen's action bar the open way has its button; null until the bar is there. */
export const PrimaryPlace = createContext<HTMLElement | null>(null);

/** What the open way comes down to, in the action bar: in sight however much there is to choose from. */
export function PrimaryAction({ children }: { readonly children: ReactNode }) {
  const place = use(PrimaryPlace);
  return place === null ? null : createPortal(children, place);
}
