import { groupedHex } from '../organization/fingerprint.ts';

/** base64url octets as hex in groups of four, to be compared aloud; undefined where they are none. */
export function hexGroups(base64url: string): string | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(base64url)) return undefined;
  const octets = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = Array.from(octets).map((octet: string) =>
    octet.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  return groupedHex(hex.join(''));
}
