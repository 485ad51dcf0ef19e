import { useEffect, useRef, type ReactNode } from 'react';
import './page.css';

/** The content of one screen. */
export function Page({
  wide = false,
  children,
}: {
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  return <div className={wide ? 'page page-wide' : 'page'}>{children}</div>;
}

interface PageHeadProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Takes the focus when the screen comes up, so that it is announced. Off where a field takes it. */
  readonly focused?: boolean;
}

export function PageHead({ title, lead, focused = true }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focused) heading.current?.focus({ preventScroll: true });
  }, [focused]);
  return (
    <div className="page-head">
      <h1 ref={heading} tabIndex={-1} className="breakable">
        {title}
      </h1>
      {lead !== undefined && <p className="page-lead breakable">{lead}</p>}
    </div>
  );
}

/** What to do with this screen; stays in sight while the screen scrolls. */
export function ActionBar({ children }: { readonly children: ReactNode }) {
  return <div className="action-bar">{children}</div>;
}

export function Card({ children }: { readonly children: ReactNode }) {
  return <section className="card">{children}</section>;
}
