import { useEffect, useRef, type ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './banner.css';

const signs = { note: 'info', warning: 'warning', danger: 'warning' } as const;

interface BannerProps {
  readonly tone: keyof typeof signs;
  readonly title: string;
  readonly icon?: IconName;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Read out and brought into sight when it appears; for what was not there when the screen came up. */
  readonly announced?: boolean;
}

/** Something to know before going on. */
export function Banner({ tone, title, icon, children, actions, announced = false }: BannerProps) {
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (announced) banner.current?.scrollIntoView({ block: 'nearest' });
  }, [announced, title]);
  return (
    <div ref={banner} className={`banner banner-${tone}`} role={announced ? 'alert' : undefined}>
      <Icon name={icon ?? signs[tone]} />
      <div className="banner-body">
        <p>
          <strong>{title}</strong>
        </p>
        {children}
        {actions !== undefined && <div className="banner-actions">{actions}</div>}
      </div>
    </div>
  );
}
