import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import { startMailServer } from '../testing/mail-server.ts';
import type { MailServerWishes, TestMailServer } from '../testing/mail-server.ts';
import { enter, openRequest, REQUEST_URL, startMailing } from '../testing/mailing.ts';
import type { Mailing } from '../testing/mailing.ts';
import { forgetMails } from './mailer.ts';
import { plain } from './plain.ts';

let directory: string;
let state: State;
/** Takes everything; starting one is most of what a test costs. */
let shared: TestMailServer;
let before: number;
let servers: TestMailServer[];
let mailings: Mailing[];

beforeAll(async () => {
  shared = await startMailServer();
  directory = mkdtempSync(join(tmpdir(), 'mail-'));
  // A certificate that is its own root.
  const names = ['-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, inDirectory('key'), '-out', inDirectory('pem'), ...names],
    { stdio: 'pipe' },
  );
});

afterAll(async () => {
  await shared.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  state = openState(undefined);
  before = shared.mails.length;
  servers = [];
  mailings = [];
});

afterEach(async () => {
  await Promise.all(mailings.map(({ mailer }) => mailer.stop()));
  await Promise.all(servers.map((server) => server.stop()));
  state.close();
});

/** By this test. */
const received = () => shared.mails.slice(before);

const inDirectory = (name: string): string => join(directory, name);

async function serve(wishes: MailServerWishes = {}): Promise<TestMailServer> {
  const server = await startMailServer(wishes);
  servers.push(server);
  return server;
}

function mail(...options: Parameters<typeof startMailing> extends [State, ...infer R] ? R : never) {
  const mailing = startMailing(state, ...options);
  mailings.push(mailing);
  return mailing;
}

/** Of a mail: unfolded, by their lower-case names, and the text. */
function read(raw: string) {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]);
  const text = rest.join('\r\n\r\n');
  const encoding = headers.find(([name]) => name === 'Content-Transfer-Encoding')?.[1];
  const body = encoding === 'quoted-printable' ? unquoted(text) : text;
  return { headers, body: encoding === 'base64' ? Buffer.from(text, 'base64').toString() : body };
}

function unquoted(text: string): string {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** RFC 2047, of both kinds. */
function decoded(header: string): string {
  const words = header.replaceAll(/\?= =\?/g, '?==?');
  return words.replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind === 'B' ? Buffer.from(text, 'base64').toString() : unquoted(text.replaceAll('_', ' ')),
  );
}

const people = { requester: 'Alex Example', approver1: 'Kim', approver2: 'Lee' };

test('who may decide is mailed in both languages, as text, without what people wrote', async () => {
  openRequest(state, people);
  mail({ port: shared.port });
  enter(state, 'requested', { by: 'requester@corp.example' });
  await expect.poll(() => received().length).toBe(2);
  const to = received().flatMap((mail) => mail.to);
  expect(to.sort()).toEqual(['approver1@corp.example', 'approver2@corp.example']);
  const { headers, body } = read(received()[0]?.raw ?? '');
  expect(Object.fromEntries(headers)).toMatchObject({
    From: 'Local CA <ca@corp.example>',
    'Auto-Submitted': 'auto-generated',
    'Content-Type': 'text/plain; charset=utf-8',
    Subject: 'Example Corp: Your approval is asked for / Ihre Freigabe wird erbeten',
  });
  const page = `https://ca.example/portal/approval?from=${encodeURIComponent('https://ca.example/acme/directory')}&approval=${encodeURIComponent(REQUEST_URL)}`;
  expect(body.split(page)).toHaveLength(3);
  expect(body).toContain('requester@corp.example asks for your approval.');
  expect(body).toContain('Requested by: Alex Example (requester@corp.example)');
  expect(body).toContain('Zu entscheiden bis: 2126-12-02 00:00 UTC');
  expect(body).toContain('Nothing is approved by clicking');
  expect(body).toContain('Durch Klicken wird nichts freigegeben');
  expect(body).not.toContain('evil.example');
});

test.each([
  ['Kim\r\nBcc: evil@evil.example', 'Corp\nX-Evil: 1'],
  ['Kim, evil@evil.example, "x" <evil@evil.example>', '<evil@evil.example>,'],
  ['\u202egnp.mik\u2066', '=?utf-8?Q?Corp=0D=0AX-Evil=3A_1?='],
  ['Kim\r\n\r\n--x\r\nContent-Type: text/html', 'Corp\u0000\u2028\u{e0041}'],
])('nothing in a name becomes a header, a recipient or a part: %j', async (name, organization) => {
  const hostile = { requester: name, approver1: name, approver2: 'Lee' };
  openRequest(state, hostile, { organization });
  mail({ port: shared.port });
  enter(state, 'proposed', { by: 'approver1@corp.example' });
  await expect.poll(() => received().length).toBe(1);
  const [only] = received();
  expect(only?.to).toEqual(['approver2@corp.example']);
  const { headers, body } = read(only?.raw ?? '');
  expect(headers.map(([header]) => header).sort()).toEqual(
    [
      ...['Auto-Submitted', 'Content-Transfer-Encoding', 'Content-Type', 'Date', 'From'],
      ...['MIME-Version', 'Message-ID', 'Subject', 'To', 'X-Auto-Response-Suppress'],
    ].sort(),
  );
  expect(headers.find(([header]) => header === 'To')?.[1]).toBe('approver2@corp.example');
  const subject = headers.find(([header]) => header === 'Subject')?.[1] ?? '';
  // Encoded once: who reads it sees what it was called, whatever that looks like.
  expect(decoded(subject)).toBe(
    `${plain(organization)}: A standing approval is proposed / Eine Dauerfreigabe ist vorgeschlagen`,
  );
  // Every line is one of ours: names are on the lines of their terms.
  const foreign = body
    .split('\r\n')
    .filter((line) => /^(?:X-Evil|Bcc|--x|Content-Type)/.test(line));
  expect(foreign).toEqual([]);
  expect(body).not.toMatch(/[\u202e\u2066\u2028\0]/);
});

test('a mail waits for its server, and for the CA that was stopped meanwhile', async () => {
  const server = await serve();
  await server.stop();
  servers = [];
  openRequest(state, people);
  const { mailer, lines } = mail({ port: server.port });
  enter(state, 'requested');
  await expect.poll(() => lines.length).toBeGreaterThan(1);
  expect(lines[0]).toBe('mails wait, 2 of them: ESOCKET');
  await mailer.stop();
  expect(state.outbox.count()).toBe(2);
  // What nobody was there for is told as well.
  enter(state, 'withdrawn', { by: 'requester@corp.example' });
  const back = await serve({ port: server.port });
  mail({ port: server.port });
  await expect.poll(() => back.mails.length).toBe(5);
  expect(state.outbox.count()).toBe(0);
});

test('one address that is refused keeps no other from its mail, and one that has to wait gets it', async () => {
  const server = await serve({
    refused: ['approver1@corp.example'],
    deferred: ['approver2@corp.example'],
  });
  openRequest(state, { ...people, approver3: 'Robin' });
  const { lines } = mail({ port: server.port });
  enter(state, 'requested');
  await expect.poll(() => server.mails.length).toBe(2);
  const to = server.mails.flatMap((mail) => mail.to);
  expect(to).toEqual(['approver3@corp.example', 'approver2@corp.example']);
  await expect.poll(() => state.outbox.count()).toBe(0);
  expect(lines).toEqual(['mail 1 is given up: EENVELOPE 550']);
});

test('nothing crosses a network in clear, or to who does not prove their name', async () => {
  openRequest(state, people);
  const refusing = mail({ port: shared.port, security: 'starttls' });
  enter(state, 'requested');
  await expect.poll(() => refusing.lines.length).toBeGreaterThan(0);
  expect(refusing.lines[0]).toBe('mails wait, 2 of them: ETLS 454');
  await refusing.mailer.stop();
  expect(received()).toEqual([]);
  const login = { user: 'ca', password: 'o=pen/sesame' };
  const secured = await serve({
    ...{ certificate: inDirectory('pem'), key: inDirectory('key') },
    login: [login.user, login.password],
  });
  const options = { port: secured.port, security: 'starttls', login } as const;
  const unproven = mail(options);
  await expect.poll(() => unproven.lines.length).toBeGreaterThan(0);
  expect(unproven.lines[0]).toMatch(/^mails wait, 2 of them: E(?:SOCKET|TLS)$/);
  await unproven.mailer.stop();
  mail(options, readFileSync(inDirectory('pem'), 'utf8'));
  await expect.poll(() => secured.mails.length).toBe(2);
  expect(secured.mails).toMatchObject([
    { tls: true, user: 'ca' },
    { tls: true, user: 'ca' },
  ]);
});

test('a login that is refused lets the mails wait, and is told without the password', async () => {
  const server = await serve({
    ...{ certificate: inDirectory('pem'), key: inDirectory('key'), implicit: true },
    login: ['ca', 'right'],
  });
  openRequest(state, people);
  const login = { user: 'ca', password: 'wrong-password' };
  const options = { port: server.port, security: 'implicit', login } as const;
  const { lines } = mail(options, readFileSync(inDirectory('pem'), 'utf8'));
  enter(state, 'requested');
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  expect(lines.join()).toMatch(/EAUTH/);
  expect(lines.join()).not.toContain('wrong-password');
  expect(state.outbox.count()).toBe(2);
});

test('nobody is mailed about what was before mails were sent', async () => {
  openRequest(state, people);
  enter(state, 'requested');
  state.approvalReminders.add(REQUEST_URL);
  forgetMails(state);
  mail({ port: shared.port });
  enter(state, 'withdrawn');
  await expect.poll(() => received().length).toBe(3);
  const subjects = received().map(({ raw }) => /Subject: (.*)/.exec(raw)?.[1]);
  expect(subjects.every((subject) => subject?.includes('withdrawn'))).toBe(true);
});
