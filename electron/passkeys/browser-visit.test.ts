import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request as ask, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { ownPeers } from '../platform/own-peers.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { BrowserVisits } from './browser-visit.ts';
import { Ceremonies } from './ceremonies.ts';
import type { AssertionRequest, CreationOptions, RequestOptions } from './ceremony.ts';
import { LoopbackDoor, type DoorOptions } from './loopback-door.ts';

const origin = 'https://ca.example:14000';
const state = 'the-state';
const doors: LoopbackDoor[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

async function openDoor(
  limits?: DoorOptions['limits'],
  isOwnPeer?: DoorOptions['isOwnPeer'],
): Promise<LoopbackDoor> {
  const farewell = () => 'Go back to Countersign.';
  const door = await LoopbackDoor.open({
    ...{ origin, state, randomBytes, farewell, limits, isOwnPeer },
  });
  doors.push(door);
  return door;
}

interface Said {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly path?: string;
}

interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** By hand: a fetch would set Host and refuse to set Origin. */
function say(address: string, { method = 'POST', headers, body = '', path }: Said): Promise<Heard> {
  const url = new URL(address);
  const all: Readonly<Record<string, string | undefined>> = {
    origin,
    'content-type': 'application/json',
    host: url.host,
    ...headers,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const request = ask(
      {
        ...{ host: url.hostname, port: url.port, path: path ?? url.pathname, method, agent: false },
        headers: Object.fromEntries(given),
        setHost: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const answer = JSON.stringify({ state, credential: { id: 'one' } });
const waiting = () => AbortSignal.timeout(10_000);

describe('LoopbackDoor', () => {
  it('takes the answer of the page of the CA', async () => {
    const door = await openDoor();
    expect(door.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9_-]{22}$/);
    const heard = await say(door.address, { body: answer });
    expect(heard.status).toBe(204);
    expect(heard.headers['access-control-allow-origin']).toBe(origin);
    await expect(door.answer(waiting())).resolves.toEqual(JSON.parse(answer));
  });

  it('takes it as a form too, and has something to read for whoever sent that', async () => {
    const door = await openDoor();
    const heard = await say(door.address, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ answer }).toString(),
    });
    expect(heard).toMatchObject({ status: 200, body: 'Go back to Countersign.' });
    await expect(door.answer(waiting())).resolves.toEqual(JSON.parse(answer));
  });

  it('takes an answer of the usual size of the largest', async () => {
    const door = await openDoor();
    const body = JSON.stringify({ state, credential: 'x'.repeat(60_000) });
    expect((await say(door.address, { body })).status).toBe(204);
  });

  it('lets the page of the CA ask first, as browsers do', async () => {
    const door = await openDoor();
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
      'access-control-request-private-network': 'true',
    };
    const heard = await say(door.address, { method: 'OPTIONS', headers: asked });
    expect(heard.status).toBe(204);
    expect(heard.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type',
      'access-control-allow-private-network': 'true',
    });
    const other = await say(door.address, {
      method: 'OPTIONS',
      headers: { ...asked, origin: 'https://evil.example' },
    });
    expect(other.status).toBe(404);
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.headers['access-control-allow-private-network']).toBeUndefined();
  });

  it.each<[string, Said, number]>([
    ['from another page', { headers: { origin: 'https://evil.example' } }, 404],
    ['from the CA at another port', { headers: { origin: 'https://ca.example' } }, 404],
    ['from a page that hides its origin', { headers: { origin: 'null' } }, 404],
    ['without an origin', { headers: { origin: undefined } }, 404],
    ['by a name that leads here', { headers: { host: 'rebound.example' } }, 404],
    ['by the name localhost', { headers: { host: 'localhost' } }, 404],
    ['at another path', { path: '/' }, 404],
    ['at a longer path', { path: '/x'.repeat(2000) }, 404],
    ['at a whole address', { path: 'http://evil.example/' }, 404],
    ['as a GET', { method: 'GET' }, 405],
    ['as a PUT', { method: 'PUT' }, 405],
    ['as plain text', { headers: { 'content-type': 'text/plain' } }, 415],
    ['of another ceremony', { body: JSON.stringify({ state: 'other', credential: {} }) }, 403],
    ['without a state', { body: JSON.stringify({ credential: {} }) }, 403],
    ['with a list for a state', { body: JSON.stringify({ state: [state], credential: {} }) }, 403],
    ['that is no JSON', { body: '{' }, 403],
    ['that is nothing', { body: '' }, 403],
    ['that is null', { body: 'null' }, 403],
  ])('turns away what comes %s, and goes on waiting', async (_what, said, status) => {
    const door = await openDoor();
    expect((await say(door.address, { body: answer, ...said })).status).toBe(status);
    expect((await say(door.address, { body: answer })).status).toBe(204);
    await expect(door.answer(waiting())).resolves.toEqual(JSON.parse(answer));
  });

  it('tells nobody that a path is right who may not speak there', async () => {
    const door = await openDoor();
    const evil = { headers: { origin: 'https://evil.example' } };
    const right = await say(door.address, { ...evil, body: answer });
    const wrong = await say(door.address, { ...evil, body: answer, path: '/wrong' });
    const timeless = ({ headers }: Heard) => ({ ...headers, date: '' });
    expect(timeless(right)).toEqual(timeless(wrong));
  });

  it('takes one answer, and no second', async () => {
    const door = await openDoor();
    const [one, other] = await Promise.all([
      say(door.address, { body: answer }),
      say(door.address, { body: answer }),
    ]);
    expect([one.status, other.status].sort()).toEqual([204, 403]);
  });

  it('listens to no more than an answer can be', async () => {
    const door = await openDoor();
    const huge = say(door.address, { body: 'x'.repeat(2_000_000) });
    // It is told so, or cut off in the middle of it.
    await expect(
      huge.then(
        ({ status }) => status,
        () => 413,
      ),
    ).resolves.toBe(413);
    expect((await say(door.address, { body: answer })).status).toBe(204);
  });

  it('takes nothing of a process of somebody else, who may have read what the browser was told', async () => {
    const asked: object[] = [];
    const own = { is: false };
    const door = await openDoor(undefined, (ends) => {
      asked.push(ends);
      return Promise.resolve(own.is);
    });
    expect((await say(door.address, { body: answer })).status).toBe(404);
    own.is = true;
    expect((await say(door.address, { body: answer })).status).toBe(204);
    const ownPort = Number(new URL(door.address).port);
    expect(asked).toEqual([1, 2].map(() => ({ peerPort: expect.any(Number) as number, ownPort })));
  });

  // Only root can be somebody else.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'tells another user of this computer from its own',
    async () => {
      const door = await openDoor(undefined, ownPeers());
      const script = `fetch(${JSON.stringify(door.address)}, {
        method: 'POST',
        headers: { origin: ${JSON.stringify(origin)}, 'content-type': 'application/json' },
        body: ${JSON.stringify(answer)},
      }).then(({ status }) => process.stdout.write(String(status)))`;
      const as = (uid: number) =>
        promisify(execFile)(process.execPath, ['-e', script], { uid, cwd: '/' });
      expect((await as(65_534)).stdout).toBe('404');
      expect((await as(0)).stdout).toBe('204');
    },
  );

  it('waits for nobody who says nothing, or says it slowly', async () => {
    const door = await openDoor({ headers: 200, request: 400 });
    const { port } = new URL(door.address);
    const slow = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
        socket.on('data', () => undefined);
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    const path = new URL(door.address).pathname;
    await Promise.all([
      slow(''),
      slow('POST / HTTP/1.1\r\nHo'),
      slow(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      ),
    ]);
    expect((await say(door.address, { body: answer })).status).toBe(204);
  });

  it('is gone when it is closed, and all who stood in it', async () => {
    const door = await openDoor();
    const { port } = new URL(door.address);
    const ended = new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
    await door.close();
    await ended;
    await expect(say(door.address, { body: answer })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('BrowserVisits', () => {
  const creation: CreationOptions = {
    challenge: 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU',
    rp: { id: 'ca.example', name: 'CA' },
    user: { id: 'AQ', name: 'alex', displayName: 'Alex' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { userVerification: 'required' },
  };
  const authenticator = new SoftwareAuthenticator();
  authenticator.create(origin, creation);
  const options: RequestOptions = {
    challenge: creation.challenge,
    rpId: 'ca.example',
    userVerification: 'required',
  };
  const request: AssertionRequest = {
    way: 'browser',
    ...{ organizationId: 'organization', origin, code: 'oKIywvGU', options },
    ...{ caHost: 'ca.example', page: `${origin}/portal/passkey` },
  };

  function through(openExternal: (url: string) => Promise<void>, returned?: () => void) {
    const more = returned && { returned };
    const browser = new BrowserVisits({ openExternal, randomBytes, farewell: () => '', ...more });
    const holdVisit = () => Promise.reject(new Error('no window'));
    return new Ceremonies({ holdVisit, browser, randomBytes, mayShowPage: () => false });
  }

  /** What the page of the CA does in the browser. */
  async function visit(url: string, handOver: (state: string) => object): Promise<number> {
    const fragment = new URLSearchParams(new URL(url).hash.slice(1));
    const text = Buffer.from(fragment.get('request') ?? '', 'base64url').toString();
    const { state: told } = JSON.parse(text) as { state: string };
    const body = JSON.stringify(handOver(told));
    return (await say(fragment.get('return') ?? '', { body })).status;
  }

  it('take the assertion that the page in the browser hands over', async () => {
    const opened: string[] = [];
    let isBack = false;
    const openExternal = (url: string) => {
      opened.push(url);
      void visit(url, (told) => ({ state: told, credential: authenticator.get(origin, options) }));
      return Promise.resolve();
    };
    const room = through(openExternal, () => (isBack = true));
    const used = await room.assert(request, waiting());
    expect(authenticator.ids).toContain(used.id);
    expect(opened[0]?.startsWith(`${origin}/portal/passkey#request=`)).toBe(true);
    expect(isBack).toBe(true);
  });

  it('tell what the page says went wrong', async () => {
    const openExternal = (url: string) => {
      void visit(url, (told) => ({ state: told, error: 'NotAllowedError' }));
      return Promise.resolve();
    };
    await expect(through(openExternal).assert(request, waiting())).rejects.toMatchObject({
      ...{ reason: 'refused', detail: 'NotAllowedError' },
    });
  });

  it('leave nothing open when they are called off', async () => {
    const leave = new AbortController();
    let address = '';
    const openExternal = (url: string) => {
      address = new URLSearchParams(new URL(url).hash.slice(1)).get('return') ?? '';
      leave.abort(new Error('called off'));
      return Promise.resolve();
    };
    await expect(through(openExternal).assert(request, leave.signal)).rejects.toThrow('called off');
    await expect(say(address, { body: answer })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('need a page of the CA, and a browser', async () => {
    const openExternal = () => Promise.reject(new Error('no browser'));
    const failing = through(openExternal).assert(request, waiting());
    await expect(failing).rejects.toMatchObject({ reason: 'not-supported' });
    const without = through(openExternal).assert({ ...request, page: undefined }, waiting());
    await expect(without).rejects.toMatchObject({ reason: 'not-supported' });
  });
});
