import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from './app-scheme.ts';

describe('serveApp', () => {
  let directory: string;
  let serve: (request: Request) => Promise<Response>;
  const get = (url: string, method = 'GET') => serve(new Request(url, { method }));

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'app-scheme-'));
    await mkdir(path.join(directory, 'renderer', 'assets'), { recursive: true });
    await mkdir(path.join(directory, 'renderer-secrets'));
    await writeFile(path.join(directory, 'renderer', 'index.html'), '<!doctype html>');
    await writeFile(path.join(directory, 'renderer', 'assets', 'index-1.js'), 'export {};');
    await writeFile(path.join(directory, 'renderer', 'notes.txt'), 'not for the page');
    await writeFile(path.join(directory, 'secret.html'), 'secret');
    await writeFile(path.join(directory, 'renderer-secrets', 'a.html'), 'secret');
    serve = serveApp(path.join(directory, 'renderer'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('serves the page with its type and its locks', async () => {
    const response = await get('app://wallet/index.html');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<!doctype html>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it('allows the page no inline code, no eval, no connection and no frame', async () => {
    const policy = (await get('app://wallet/index.html')).headers.get('content-security-policy');
    const directives = (policy ?? '').split('; ');
    expect(directives).toContain("default-src 'none'");
    expect(directives).toContain("script-src 'self'");
    expect(directives).toContain("connect-src 'none'");
    expect(directives).toContain("frame-ancestors 'none'");
    expect(directives).toContain("require-trusted-types-for 'script'");
    expect(directives).toContain("trusted-types 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|blob:/);
  });

  it('serves scripts in folders, whatever the query', async () => {
    const response = await get('app://wallet/assets/index-1.js?v=1#x');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    'app://wallet/../secret.html',
    'app://wallet/%2e%2e/secret.html',
    'app://wallet/%2e%2e%2fsecret.html',
    'app://wallet/..%2fsecret.html',
    'app://wallet/assets/..%2f..%2fsecret.html',
    'app://wallet/..%5csecret.html',
    'app://wallet/..%2frenderer-secrets/a.html',
    'app://wallet//etc/passwd',
    'app://wallet/%00index.html',
    'app://wallet/C:%5csecret.html',
    'app://wallet/%E0%A4%A',
    'app://wallet/',
    'app://wallet/assets',
    'app://wallet/notes.txt',
    'app://wallet/missing.js',
    `app://wallet/${'a'.repeat(5000)}.js`,
    'app://other/index.html',
    'https://wallet/index.html',
  ])('answers 404 to %s', async (url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it('answers nothing but GET', async () => {
    expect((await get('app://wallet/index.html', 'POST')).status).toBe(405);
  });
});
