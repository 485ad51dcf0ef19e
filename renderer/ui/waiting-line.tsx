import './waiting-line.css';

/** Something goes on; the words beside it say what. Hidden from assistive technology for that reason. */
export function WaitingLine() {
  return <div className="waiting-line" aria-hidden="true" />;
}
