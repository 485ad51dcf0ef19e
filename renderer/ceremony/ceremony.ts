import {
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { CeremonyApi, CeremonyPageTask } from '../../shared/ceremony-page.ts';

declare global {
  interface Window {
    readonly ceremony: CeremonyApi;
  }
}

// The page that the wallet serves at the origin of a CA (electron/passkeys/own-page.ts). It has no network.
const { ceremony } = window;
const part = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new TypeError(`the page has no ${id}`);
  return found;
};

const task = await ceremony.request();
show(task);
part('cancel').addEventListener('click', () => void ceremony.fail('AbortError'));
part('begin').addEventListener('click', () => void attempt('the person'));
await attempt('the page');

/** An attempt that the page made by itself may have come to nothing because nobody had clicked yet. */
async function attempt(by: 'the page' | 'the person'): Promise<void> {
  part('begin').hidden = true;
  part('status').textContent = task.words.waiting;
  try {
    const credential = await answerTo(task);
    await ceremony.deliver({ state: task.state, credential });
  } catch (error) {
    const name = error instanceof Error ? error.name : 'UnknownError';
    if (by === 'the page' && name === 'NotAllowedError') offerAgain();
    else await ceremony.fail(name);
  }
}

/** Main has read the options, and nobody else can have changed them. */
function answerTo({ kind, publicKey }: CeremonyPageTask): Promise<unknown> {
  return kind === 'assert'
    ? startAuthentication({ optionsJSON: publicKey as PublicKeyCredentialRequestOptionsJSON })
    : startRegistration({ optionsJSON: publicKey as PublicKeyCredentialCreationOptionsJSON });
}

function show({ words, language }: CeremonyPageTask): void {
  document.documentElement.lang = language;
  document.title = words.title;
  part('heading').textContent = words.heading;
  part('begin').textContent = words.begin;
  part('cancel').textContent = words.cancel;
  part('main').hidden = false;
}

function offerAgain(): void {
  part('status').textContent = task.words.again;
  part('begin').hidden = false;
  part('begin').focus();
}
