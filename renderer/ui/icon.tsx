import './icon.css';

/** Strokes on a grid of 24 by 24. */
const strokes = {
  wifi: 'M3 9.2a13.5 13.5 0 0 1 18 0M6.2 12.8a8.8 8.8 0 0 1 11.6 0M9.3 16.2a4.2 4.2 0 0 1 5.4 0M12 19.6v.01',
  laptop: 'M5.5 5.5h13v9.5h-13zM2.5 18.5h19',
  code: 'M8.5 7.5 4 12l4.5 4.5M15.5 7.5 20 12l-4.5 4.5M13.2 5.5l-2.4 13',
  document: 'M6.5 3.5h7.5l4 4v13h-11.5zM14 3.5v4h4M9.5 16c1.4-3.2 2.2-3.2 2.4-1.4.1 1.3.9 1.3 3-.2',
  mail: 'M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5',
  server: 'M4 4.5h16v6.5h-16zM4 13h16v6.5h-16zM7.5 7.7v.01M7.5 16.2v.01',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  warning: 'M12 4.2 2.8 19.8h18.4zM12 10v4.5M12 17.2v.01',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.8v.01',
  shield:
    'M12 3.2l7.5 2.8v5.5c0 4.6-3.1 7.9-7.5 9.4-4.4-1.5-7.5-4.8-7.5-9.4V6zM8.7 12l2.4 2.4 4.3-4.6',
  key: 'M8 10.5a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM11 11.7l8.5-8.2M16 7l2.8 2.8M13.5 9.3l1.8 1.8',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5v5l3.2 2',
  lock: 'M5.5 11h13v9h-13zM8.5 11V7.8a3.5 3.5 0 0 1 7 0V11M12 14.7v1.8',
  building:
    'M5 20.5V4.5h9v16M14 9.5h5v11M3 20.5h18M8 8.2h3M8 12h3M8 15.8h3M16.5 13v.01M16.5 16.5v.01',
  chevron: 'M9.5 6l6 6-6 6',
  settings:
    'M4 7.5h8.5M17.5 7.5H20M4 16.5h2.5M11.5 16.5H20M15 5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM9 14a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  plus: 'M12 5v14M5 12h14',
  file: 'M6.5 3.5h7.5l4 4v13h-11.5zM14 3.5v4h4',
  folder: 'M3.5 6h6l2 2.5h9v10.5h-17z',
  external: 'M13.5 4.5h6v6M19.5 4.5l-8.5 8.5M10 6.5H5v12.5h12.5V14',
  download: 'M12 4v10.5M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15',
  pause: 'M9 6.5v11M15 6.5v11',
  card: 'M3 5.5h18v13H3zM6.5 10h4v4h-4zM14 10.5h4M14 14h2.5',
  chip: 'M7 7h10v10H7zM10 10h4v4h-4zM9.5 7V3.5M14.5 7V3.5M9.5 20.5V17M14.5 20.5V17M7 9.5H3.5M7 14.5H3.5M20.5 9.5H17M20.5 14.5H17',
  passkey:
    'M5.2 15.8c.4-1.3.6-2.5.6-3.8a6.2 6.2 0 0 1 12.4 0c0 1.7-.1 3.2-.4 4.8M8.2 18.6c.5-2 .8-4.2.8-6.6a3 3 0 0 1 6 0c0 2.9-.3 5.3-.9 7.8M12 12c0 3.2-.3 5.8-1 8.4',
  digits: 'M3 7h18v10H3zM7.5 12v.01M12 12v.01M16.5 12v.01',
  stamp: 'M5 20.5h14M6.5 17.5h11v-3c0-1.1-.9-2-2-2h-2V10a3.5 3.5 0 1 0-3 0v2.5h-2a2 2 0 0 0-2 2z',
  again: 'M19 12a7 7 0 1 1-2.2-5.1M19.5 3.5v4h-4',
} as const;

export type IconName = keyof typeof strokes;

/** A sign beside words that say the same: hidden from assistive technology. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={strokes[name]} />
    </svg>
  );
}

/** Two signatures, one over the other. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2.5" y="2.5" width="27" height="27" rx="8" />
      <path d="M8 16.5l4 4 8.5-9.5" />
      <path d="M15.5 20.5l8.5-9.5" />
    </svg>
  );
}
