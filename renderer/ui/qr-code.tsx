import { create } from 'qrcode';
import './qr-code.css';

/** Quiet zone on each side, in modules (ISO/IEC 18004 §6.3.8). */
const margin = 4;

/** More is read by no camera from a screen at this size. */
const longest = 1000;

/** A text for a camera. Always dark on light: not every reader takes the reverse. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  if (text.length > longest) return null;
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const side = size + 2 * margin;
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${String(side)} ${String(side)}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} className="qr-light" />
      <path className="qr-dark" d={pathOf(size, data)} />
    </svg>
  );
}

/** One stroke for each run of dark modules in a row. */
function pathOf(size: number, data: Uint8Array): string {
  const runs: string[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size;) {
      const start = column;
      while (column < size && data[row * size + column] === 1) column += 1;
      const length = column - start;
      if (length === 0) column += 1;
      else
        runs.push(
          `M${String(start + margin)} ${String(row + margin)}h${String(length)}v1h-${String(length)}z`,
        );
    }
  }
  return runs.join('');
}
