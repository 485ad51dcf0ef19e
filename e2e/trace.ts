import type { Page } from 'playwright/test';

/**
 * Where in a page a text is: in the document, in fields, in what React keeps of every component, and in the double of
 * main with all that was sent. As text, or as its octets.
 */
export function traceOf(page: Page, text: string): Promise<readonly string[]> {
  return page.evaluate(search, text);
}

/** Runs in the page. */
function search(text: string): readonly string[] {
  const octets = [...new TextEncoder().encode(text)].join(',');
  const places = new Set<string>();
  const seen = new Set<object>();
  const waiting: { readonly name: string; readonly value: unknown }[] = [];
  const isThere = (value: unknown): boolean =>
    typeof value === 'string'
      ? value.includes(text)
      : value instanceof Uint8Array && value.join(',').includes(octets);
  const visit = (name: string, value: unknown): void => {
    if (isThere(value)) places.add(name);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    // Nodes are looked at as what they show; their properties lead into the browser.
    if (value instanceof Node || value === window) return;
    seen.add(value);
    const inside =
      value instanceof Map || value instanceof Set
        ? [...value.entries()].flat()
        : Object.values(value);
    for (const each of inside) waiting.push({ name, value: each });
  };
  if (document.documentElement.outerHTML.includes(text)) places.add('document');
  for (const input of document.querySelectorAll('input'))
    if (input.value.includes(text)) places.add('input.value');
  for (const [key, value] of Object.entries(document.getElementById('root') ?? {}))
    if (key.startsWith('__reactContainer')) visit('react.state', value);
  visit('gallery.main', Reflect.get(window, 'gallery'));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    visit(next.name, next.value);
  return [...places];
}
