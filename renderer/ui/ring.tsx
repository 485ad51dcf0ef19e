import './ring.css';

/** A circle that empties. Always beside words that say the same, so hidden from assistive technology. */
export function Ring({ fraction }: { readonly fraction: number }) {
  return (
    <svg className="ring" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <circle className="ring-track" cx="14" cy="14" r="11" />
      <circle
        className="ring-rest"
        cx="14"
        cy="14"
        r="11"
        pathLength="100"
        strokeDasharray={`${Math.round(fraction * 100)} 100`}
        transform="rotate(-90 14 14)"
      />
    </svg>
  );
}
