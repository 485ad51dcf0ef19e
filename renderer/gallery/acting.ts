import type { Words } from '../words.ts';
import type { Act } from './scene.ts';

/** Does to the screen, one after the other, what a person would do. */
export async function perform(acts: readonly Act[], words: Words): Promise<void> {
  while (document.querySelector('h1') === null) await painted();
  for (const act of acts) {
    await painted();
    await performOne(act, words);
  }
  await painted();
}

async function performOne(act: Act, { say }: Words): Promise<void> {
  if ('press' in act) {
    (await found('button', say(act.press))).click();
    return;
  }
  if ('fill' in act) {
    const label = await found('label', say(act.fill));
    fill(document.getElementById(label.getAttribute('for') ?? ''), act.text);
    return;
  }
  if ('choose' in act) {
    // Its words name it by reference, and pressing them presses it.
    (await found('span', say(act.choose))).click();
    return;
  }
  if ('open' in act) {
    // What is asked of main first comes a moment later.
    while (document.querySelector('details') === null) await painted();
    for (const details of document.querySelectorAll('details')) details.open = true;
    return;
  }
  if ('drag' in act) {
    window.dispatchEvent(new DragEvent('dragover', { cancelable: true }));
    return;
  }
  const main = document.querySelector('main');
  if (act.scroll === 'through') return scrollThrough(main);
  main?.scrollTo({ top: main.scrollHeight, behavior: 'instant' });
}

/** As slowly as it takes for everything to have been in view. */
async function scrollThrough(main: HTMLElement | null): Promise<void> {
  if (main === null) return;
  // What is asked of main first comes a moment later.
  while (document.querySelector('[data-part]') === null) await painted();
  for (let top = 0; top < main.scrollHeight; top += 120) {
    main.scrollTo({ top, behavior: 'instant' });
    await painted();
    await painted();
  }
}

/** React listens to the element's own setter, so the prototype's has to do it. */
function fill(input: HTMLElement | null, text: string): void {
  if (!(input instanceof HTMLInputElement)) throw new Error('no field to fill');
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  value?.set?.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

async function found(tag: 'button' | 'label' | 'span', name: string): Promise<HTMLElement> {
  for (let tries = 0; tries < 60; tries += 1) {
    const scope = document.querySelector('dialog[open]') ?? document;
    const element = [...scope.querySelectorAll<HTMLElement>(tag)].find(
      ({ textContent }) => textContent.trim() === name,
    );
    if (element !== undefined) return element;
    await painted();
  }
  throw new Error(`nothing is called ${name}`);
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
