// What a flat logo needs. No text, no style, no link, no image, no animation, and no `use`, which can grow exponentially.
const elements = new Set([
  ...['svg', 'g', 'defs', 'title', 'desc', 'clipPath'],
  ...['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon'],
  ...['linearGradient', 'radialGradient', 'stop'],
]);

const attributes = new Set([
  ...['id', 'viewBox', 'width', 'height', 'preserveAspectRatio', 'transform', 'version'],
  ...['d', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'fx', 'fy', 'points'],
  ...['fill', 'fill-rule', 'fill-opacity', 'clip-path', 'clip-rule', 'opacity', 'color'],
  ...['stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit'],
  ...['stroke-dasharray', 'stroke-dashoffset', 'stroke-opacity'],
  ...['gradientUnits', 'gradientTransform', 'spreadMethod', 'offset', 'stop-color', 'stop-opacity'],
  'clipPathUnits',
]);

const namespace = 'http://www.w3.org/2000/svg';

// Numbers, colours, keywords, path data, transforms; a reference only to something inside the same picture.
const value = /^(?:url\(#[\w-]{1,64}\)|(?!.*url\()[\w\s.,#%()+-]*)$/is;

const start =
  /^<([A-Za-z]{1,20})((?:\s+[A-Za-z][\w:-]{0,40}\s*=\s*(?:"[^"<>&]*"|'[^'<>&]*'))*)\s*(\/?)>$/;
const end = /^<\/([A-Za-z]{1,20})\s*>$/;
const attribute = /([A-Za-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const prologue = /^\uFEFF?(?:<\?xml[\w\s.="'-]{0,100}\?>)?\s*/;

const maximumDepth = 24;

/**
 * Rewrites an SVG picture from the elements and attributes that are known to be harmless, or gives `null`
 * when it holds anything else. What comes out was built here: nothing that was not understood is passed on.
 */
export function sanitizeSvg(text: string): string | null {
  const open: string[] = [];
  let output = '';
  for (const part of text
    .replace(prologue, '')
    .trimEnd()
    .split(/(?=<)|(?<=>)/)) {
    const isAfterRoot = output !== '' && open.length === 0;
    const piece = part.startsWith('<') ? tag(part, open) : words(part, open);
    if (piece === null || isAfterRoot || open.length > maximumDepth) return null;
    output += piece;
  }
  return open.length === 0 && output.startsWith(`<svg xmlns="${namespace}"`) ? output : null;
}

/** The tag again, with `open` changed by it, or `null` when it may not be. */
function tag(part: string, open: string[]): string | null {
  const closing = end.exec(part)?.[1];
  if (closing !== undefined) return open.pop() === closing ? `</${closing}>` : null;
  const [, name = '', list = '', selfClosing] = start.exec(part) ?? [];
  const isRoot = open.length === 0;
  if (!elements.has(name) || (name === 'svg') !== isRoot) return null;
  const written = writeAttributes(list);
  if (written === null) return null;
  if (selfClosing === '/') return `<${name}${written}/>`;
  open.push(name);
  return `<${name}${isRoot ? ` xmlns="${namespace}"` : ''}${written}>`;
}

function writeAttributes(list: string): string | null {
  const names = new Set<string>();
  let written = '';
  for (const [, name = '', double, single] of list.matchAll(attribute)) {
    const text = double ?? single ?? '';
    if (names.has(name)) return null;
    names.add(name);
    if (name === 'xmlns' && text === namespace) continue;
    if (!attributes.has(name) || !value.test(text)) return null;
    written += ` ${name}="${text}"`;
  }
  return written;
}

/** Words may stand in a title or a description, where they are not shown, and so are left out. */
function words(part: string, open: readonly string[]): string | null {
  const mayHaveWords = ['title', 'desc'].includes(open.at(-1) ?? '');
  return mayHaveWords || /^\s*$/.test(part) ? '' : null;
}
