import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { enrollmentProfile, signEnrollmentProfile } from '../enrollment-profile.ts';
import { offersOf } from '../offers.ts';
import type { PageHandler, RunningCa } from '../running-ca.ts';
import { comesFromOurPages, createPortalAccess, type PortalAccess } from './access.ts';
import { file, seeOther, send, type Answer } from './answer.ts';
import { FormError, readForm } from './form.ts';
import { preferredLanguage } from './language.ts';
import { accessPage, message } from './open-pages.ts';
import { findRoute } from './routes.ts';
import type { Visit } from './visit.ts';
import { wordsOf } from './words.ts';

export type PortalOptions = {
  /** Whether the profile says that an invitation is needed; as the CA was told. */
  readonly externalAccountRequired?: boolean;
  readonly clock?: () => Date;
};

/** The CA's web pages: for `CaOptions.pages`. */
export type Portal = {
  readonly pages: Readonly<Record<string, PageHandler>>;
  /** The address that lets its first visitor in; a secret until the CA stops. */
  address(ca: RunningCa): string;
  /** The signed enrollment profile, as `/profile.enroll` serves it. */
  profile(ca: RunningCa): Promise<string>;
};

export function createPortal(options: PortalOptions = {}): Portal {
  const clock = options.clock ?? (() => new Date());
  const access = createPortalAccess();
  const profile = createProfileSource(clock, options.externalAccountRequired ?? true);
  const answers = async (request: IncomingMessage, ca: RunningCa) =>
    answerTo(request, { ca, access, now: clock(), profile: () => profile(ca) });
  const serve: PageHandler = async (request, response, ca) => {
    await respond(request, response, answers(request, ca));
  };
  return {
    pages: { '/': serve },
    address: (ca) => `${ca.origin}/portal/?key=${access.key}`,
    profile,
  };
}

const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const javaScript = 'text/javascript; charset=utf-8';

/** @simplewebauthn/browser as its makers bundled it, which is no entry that a module could import. */
function browserLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  return readFileSync(join(dirname(entry), '../dist/bundle/index.umd.min.js'), 'utf8');
}

const assets: ReadonlyMap<string, Answer> = new Map([
  ['/static/portal.css', file('text/css; charset=utf-8', asset('portal.css'))],
  ...['join.js', 'passkey-page.mjs', 'passkey-request.mjs', 'register-page.mjs'].map(
    (name) => [`/static/${name}`, file(javaScript, asset(name))] as const,
  ),
  ['/static/webauthn.js', file(javaScript, browserLibrary())],
]);

type Surroundings = Pick<Visit, 'ca' | 'now' | 'profile'> & { readonly access: PortalAccess };

async function answerTo(request: IncomingMessage, around: Surroundings): Promise<Answer> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const path = request.url ?? '';
  const language = preferredLanguage(request.headers['accept-language']);
  const visit: Visit = {
    ...around,
    url: new URL(around.ca.origin + (path.startsWith('/') ? path : '/')),
    language,
    words: wordsOf[language],
    admitted: around.access.isAdmitted(request),
    form: new URLSearchParams(),
  };
  // What URL had to tidy up (`..`, a foreign host) is no path of ours.
  const tidy = path.split('?')[0] === visit.url.pathname ? visit.url.pathname : '';
  const known = assets.get(tidy);
  if (known !== undefined && method === 'GET') return known;
  const found = findRoute(method, tidy);
  if (found === undefined) return message(visit, visit.words.notFound, 404);
  if (found.route.for === 'admitted') {
    const refusal = admit(visit, around.access);
    if (refusal !== undefined) return refusal;
  }
  if (method !== 'POST') return found.route.answer(visit, found.id);
  if (!comesFromOurPages(request, visit.ca.origin)) {
    return message(visit, visit.words.refusedForm, 403);
  }
  return answerForm(request, visit, (filled) => found.route.answer(filled, found.id));
}

/** Lets in who was let in before or has the key; the key leaves the address bar at once. */
function admit(visit: Visit, access: PortalAccess): Answer | undefined {
  const key = visit.url.searchParams.get('key');
  const cookie = key === null ? undefined : access.admit(key);
  if (cookie !== undefined) return seeOther(visit.url.pathname, { 'Set-Cookie': cookie });
  return visit.admitted ? undefined : accessPage(visit, key !== null);
}

async function answerForm(
  request: IncomingMessage,
  visit: Visit,
  answer: (visit: Visit) => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer({ ...visit, form: await readForm(request) });
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    const refusal = message(visit, visit.words.badForm, error.code === 'too-long' ? 413 : 415);
    return { ...refusal, headers: { ...refusal.headers, Connection: 'close' } };
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Promise<Answer>,
): Promise<void> {
  send(response, await answer, request.method !== 'HEAD');
}

const day = 24 * 60 * 60 * 1000;

/** Signs the profile when it is first asked for, and again when that is a day ago or it offers something else. */
function createProfileSource(clock: () => Date, externalAccountRequired: boolean) {
  let signed:
    { readonly at: number; readonly offered: string; readonly jws: Promise<string> } | undefined;
  return (ca: RunningCa): Promise<string> => {
    const issued = clock();
    const offers = offersOf(ca);
    const offered = JSON.stringify(offers);
    if (signed?.offered !== offered || issued.getTime() - signed.at > day) {
      const profile = enrollmentProfile({ ...ca, externalAccountRequired, offers }, issued);
      signed = {
        at: issued.getTime(),
        offered,
        jws: signEnrollmentProfile(profile, ca.documentSigner),
      };
    }
    return signed.jws;
  };
}
