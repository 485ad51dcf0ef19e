// Runs in the browser, on /portal/passkey: has the person use or make a passkey for a wallet, and hands what comes of it
// to that wallet. The CA gets it from there, signed by the account.
import { readRequest } from './passkey-request.mjs';

const { document, location, SimpleWebAuthnBrowser } = globalThis;
const byId = (id) => document.getElementById(id);
const stages = ['ask', 'busy', 'failed', 'done', 'ended', 'blocked', 'incomplete'];
// What the wallet is told when the person gives up: why it did not work, if it was tried.
let reason = 'AbortError';

/** Exactly one part of the page is shown at a time. */
function show(stage) {
  for (const id of stages) byId(id).hidden = id !== stage;
}

const request = readRequest(location.hash, location.hostname);
const holder = globalThis.ceremony;
const isReachable = request?.returnTo !== 'window' || typeof holder?.deliver === 'function';

if (request === undefined || !isReachable) {
  show('incomplete');
} else {
  // Nothing of the request is left in the address bar or in the history.
  globalThis.history.replaceState(undefined, '', location.pathname);
  // The wallet's own window needs no code to be compared, and its wallet shows none.
  if (request.returnTo === 'window') byId('matching').remove();
  else byId('code').textContent = `${request.code.slice(0, 4)} ${request.code.slice(4)}`;
  for (const kind of ['use', 'create']) byId(kind).hidden = kind !== request.kind;
  for (const kind of ['use', 'create']) byId(`${kind}-lead`).hidden = kind !== request.kind;
  if (request.kind === 'create') rename(byId('create-lead').dataset.title);
  byId('use').addEventListener('click', () => void run(request));
  byId('create').addEventListener('click', () => void run(request));
  byId('again').addEventListener('click', () => void run(request));
  for (const button of document.querySelectorAll('[data-cancel]')) {
    button.addEventListener('click', () => void deliver(request, { error: reason }));
  }
  show('ask');
}

/** The page is for using a passkey, unless it is for making one. */
function rename(title) {
  document.title = title;
  document.querySelector('h1').textContent = title;
}

async function run({ kind, options, ...where }) {
  show('busy');
  const start =
    kind === 'use'
      ? SimpleWebAuthnBrowser.startAuthentication
      : SimpleWebAuthnBrowser.startRegistration;
  let credential;
  try {
    credential = await start({ optionsJSON: options });
  } catch (error) {
    // The person may try again; the wallet hears of it when they give up, or by its own clock.
    reason = String(error.name);
    byId('reason').textContent = reason;
    show('failed');
    return;
  }
  await deliver(where, { credential });
}

async function deliver({ state, returnTo }, outcome) {
  const answer = { state, ...outcome };
  const last = 'credential' in outcome ? 'done' : 'ended';
  if (returnTo === 'window') {
    show(last);
    await holder.deliver(answer);
    return;
  }
  const body = JSON.stringify(answer);
  try {
    const reply = await globalThis.fetch(returnTo, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      mode: 'cors',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    if (!reply.ok) throw new Error(`the wallet answered ${reply.status}`);
    show(last);
  } catch {
    // A browser may forbid pages to reach into this computer; a form that the person sends may.
    byId('fallback').action = returnTo;
    byId('answer').value = body;
    show('blocked');
  }
}
