// Requests and responses between CDP's Fetch domain, where URLs are the page's, and the app, where they are its own.
import type { Protocol } from './cdp.ts';
import type { CustomSchemes } from './scheme.ts';

type HeaderEntry = Protocol.Fetch.HeaderEntry;

const URL_HEADERS = new Set(['origin', 'referer', 'access-control-request-origin']);
const POLICY_HEADERS = new Set(['content-security-policy', 'content-security-policy-report-only']);

// Electron offers WebAuthn on https origins only; the stand-in for a custom scheme must not be more generous.
const NO_WEBAUTHN: HeaderEntry = {
  name: 'Permissions-Policy',
  value: 'publickey-credentials-get=(), publickey-credentials-create=()',
};

/** The request of a page as a protocol handler gets it. */
export function toRequest(request: Protocol.Network.Request, schemes: CustomSchemes): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    headers.set(name, URL_HEADERS.has(name.toLowerCase()) ? mapHeaderUrl(value, schemes) : value);
  }
  const body = bodyOf(request);
  return new Request(schemes.toApp(request.url) + (request.urlFragment ?? ''), {
    method: request.method,
    headers,
    ...(body && { body }),
  });
}

/** A protocol handler's response as Chromium is given it. */
export async function toFulfilment(
  response: Response,
  { schemes, mapped, isDocument }: { schemes: CustomSchemes; mapped: boolean; isDocument: boolean },
): Promise<Omit<Protocol.Fetch.fulfillRequestParameters, 'requestId'>> {
  const headers = [...response.headers].map(([name, value]) => ({
    name,
    value: toPageHeader(name, value, schemes),
  }));
  const body = Buffer.from(await response.arrayBuffer());
  return {
    responseCode: response.status,
    ...(response.statusText && { responsePhrase: response.statusText }),
    responseHeaders: mapped && isDocument ? [...headers, NO_WEBAUTHN] : headers,
    body: body.toString('base64'),
  };
}

/** Header lists as Electron's webRequest has them. */
export function headerLists(
  entries: Iterable<readonly [string, string]>,
): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of entries) (lists[name] ??= []).push(value);
  return lists;
}

export function headerEntries(lists: Record<string, string | string[]>): [string, string][] {
  return Object.entries(lists).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}

function mapHeaderUrl(value: string, schemes: CustomSchemes): string {
  return schemes.toApp(value);
}

function toPageHeader(name: string, value: string, schemes: CustomSchemes): string {
  const key = name.toLowerCase();
  if (POLICY_HEADERS.has(key)) return schemes.policyToPage(value);
  if (key === 'location' || key === 'access-control-allow-origin') return schemes.toPage(value);
  return value;
}

function bodyOf({
  postData,
  postDataEntries,
}: Protocol.Network.Request): Uint8Array<ArrayBuffer> | undefined {
  if (postDataEntries) {
    const parts = postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64'));
    return new Uint8Array(Buffer.concat(parts));
  }
  return postData === undefined ? undefined : new Uint8Array(Buffer.from(postData));
}
