/** What somebody let go over the window, as far as an invitation can be in it. */
export type Dropped =
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'nothing' };

/** Longer texts are refused by the border; a bigger file is not even read. */
export const maximumFileBytes = 262_144;

interface DroppedData {
  readonly files: ArrayLike<File>;
  getData(format: string): string;
}

/** A file counts first: a file dragged from a browser brings its address along. */
export function droppedIn(data: DroppedData): Dropped {
  const file = data.files[0];
  if (file !== undefined) return { kind: 'file', file };
  // RFC 2483 §5: lines that begin with # are comments.
  const uris = data.getData('text/uri-list').split(/\r?\n/);
  const link = uris.find((line) => line !== '' && !line.startsWith('#'));
  if (link !== undefined) return { kind: 'link', link };
  const text = data.getData('text/plain').trim();
  if (text === '') return { kind: 'nothing' };
  return looksLikeLink(text) ? { kind: 'link', link: text } : { kind: 'text', text };
}

function looksLikeLink(text: string): boolean {
  return !/\s/.test(text) && /^[a-z][a-z0-9+.-]*:/i.test(text);
}
