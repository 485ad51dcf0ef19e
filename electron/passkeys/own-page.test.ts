import { expect, it } from 'vitest';
import { ownPagePath, ownScriptPath, serveOwnPage } from './own-page.ts';

const origin = 'https://ca.example:14000';
const serve = serveOwnPage(origin, () => Promise.resolve('script()'));
const get = (url: string, method = 'GET') => serve(new Request(url, { method }));

it('has one page and one script, both locked in', async () => {
  const page = await get(`${origin}${ownPagePath}`);
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src ${origin}${ownScriptPath};`);
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toContain('connect-src');
  expect(await page.text()).toContain(`src="${ownScriptPath}"`);
  const script = await get(`${origin}${ownScriptPath}`);
  expect([script.headers.get('content-type'), await script.text()]).toEqual([
    ...['text/javascript; charset=utf-8', 'script()'],
  ]);
});

it.each([
  `${origin}/`,
  `${origin}${ownPagePath}/`,
  `${origin}${ownPagePath}/..`,
  `${origin}${ownPagePath}?x`,
  `${origin}${ownScriptPath}?x`,
  `${origin}/acme/directory`,
  `${origin}/.well-known/webauthn`,
  `https://ca.example${ownPagePath}`,
  `https://evil.example:14000${ownPagePath}`,
])('has nothing at %s', async (url) => {
  expect((await get(url)).status).toBe(404);
});

it('is read and not written to', async () => {
  for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS'])
    expect((await get(`${origin}${ownPagePath}`, method)).status).toBe(404);
});
