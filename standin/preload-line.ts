// The line between main and the preload's world of one page.
import { ISOLATED_WORLD, type Worlds } from './worlds.ts';
import type { CdpSession, Protocol } from './cdp.ts';

/** What the preload's world says. `text` is encoded by the codec, save for a title and a colour scheme. */
export type PreloadMessage = {
  readonly kind: 'invoke' | 'send' | 'preload-error' | 'title' | 'color-scheme' | 'passkey';
  readonly number?: number;
  readonly channel: string;
  readonly text: string;
  /** The document's URL at that moment. */
  readonly url: string;
};

export type Reply =
  | {
      readonly kind: 'reply';
      readonly number: number;
      readonly channel: string;
      readonly text: string;
    }
  | {
      readonly kind: 'reply';
      readonly number: number;
      readonly channel: string;
      readonly error: string;
    }
  | { readonly kind: 'send'; readonly channel: string; readonly text: string };

export class PreloadLine {
  readonly #session: CdpSession;
  readonly #worlds: Worlds;
  readonly #mainFrameId: string;
  #context: number | undefined;

  constructor(session: CdpSession, worlds: Worlds, mainFrameId: string) {
    this.#session = session;
    this.#worlds = worlds;
    this.#mainFrameId = mainFrameId;
    session.on('Runtime.executionContextCreated', ({ context }) => this.#onCreated(context));
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (this.#context === executionContextId) this.#context = undefined;
    });
    session.on('Runtime.executionContextsCleared', () => {
      this.#context = undefined;
    });
  }

  /** Puts the line and the scripts in place for every coming document. */
  async install(): Promise<void> {
    const { binding, scripts } = this.#worlds;
    await Promise.all([
      this.#session.send('Runtime.addBinding', {
        name: binding,
        executionContextName: ISOLATED_WORLD,
      }),
      ...scripts.map((script) =>
        this.#session.send('Page.addScriptToEvaluateOnNewDocument', script),
      ),
    ]);
  }

  /** `context` names the document that speaks, for the reply. */
  onMessage(listener: (message: PreloadMessage, context: number) => void): void {
    this.#session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== this.#worlds.binding) return;
      listener(JSON.parse(payload) as PreloadMessage, executionContextId);
    });
  }

  /** Says something to the document that is there now, or to the one that asked; to a gone one, nothing. */
  send(message: Reply, context = this.#context): void {
    if (context === undefined) return;
    this.#session.tell('Runtime.callFunctionOn', {
      executionContextId: context,
      functionDeclaration: `(line) => globalThis.${this.#worlds.entry}.receive(line)`,
      arguments: [{ value: JSON.stringify(message) }],
      silent: true,
    });
  }

  #onCreated({ id, name, auxData }: Protocol.Runtime.ExecutionContextDescription): void {
    const { frameId } = (auxData ?? {}) as { frameId?: string };
    if (name === ISOLATED_WORLD && frameId === this.#mainFrameId) this.#context = id;
  }
}
