import { createHash } from 'node:crypto';

/** Where the wallet's own page is, at the origin of every CA; docs/wire-profile.md §4.1. */
export const ownPagePath = '/.well-known/acme-wallet';
/** Its script. */
export const ownScriptPath = '/.well-known/acme-wallet.js';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 2rem; background: light-dark(#f7f5f2, #181716); color: light-dark(#1f1d1a, #f1efec); }
main { max-width: 30rem; margin: 0 auto; }
main[hidden], button[hidden] { display: none; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere; }
#code { display: block; font: 1.5rem/1.4 ui-monospace, monospace; letter-spacing: 0.1em; margin: 0.25rem 0 1rem; }
.buttons { display: flex; gap: 0.75rem; margin-top: 1.5rem; }
button { font: inherit; padding: 0.5rem 1rem; border: 1px solid; border-radius: 0.5rem; background: transparent; color: inherit; }
`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Countersign</title>
<style>${style}</style>
<script type="module" src="${ownScriptPath}"></script>
</head>
<body>
<main id="main" hidden>
<h1 id="heading"></h1>
<p id="status" role="status"></p>
<div class="buttons"><button id="cancel" type="button"></button><button id="begin" type="button" hidden></button></div>
</main>
</body>
</html>
`;

const styleHash = createHash('sha256').update(style).digest('base64');

function headersAt(origin: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `script-src ${origin}${ownScriptPath}`,
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // The host of a stranger never becomes markup.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), geolocation=(), microphone=(), usb=(), hid=(), serial=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
}

/**
 * Answers for the server of a CA, inside one window: with the page and its script, and with nothing else.
 * Nothing is fetched from anywhere.
 */
export function serveOwnPage(
  origin: string,
  script: () => Promise<string>,
): (request: Request) => Promise<Response> {
  const headers = headersAt(origin);
  const answer = (status: number, body: string, type: string) =>
    new Response(body, {
      status,
      headers: { ...headers, 'Content-Type': `${type}; charset=utf-8` },
    });
  return async ({ method, url }) => {
    const { origin: asked, pathname, search } = new URL(url);
    if (method !== 'GET' || asked !== origin || search !== '') return answer(404, '', 'text/plain');
    if (pathname === ownPagePath) return answer(200, page, 'text/html');
    if (pathname === ownScriptPath) return answer(200, await script(), 'text/javascript');
    return answer(404, '', 'text/plain');
  };
}
