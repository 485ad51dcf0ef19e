import type { CdpSession } from './cdp.ts';

type Source = 'system' | 'light' | 'dark';

/** Which `prefers-color-scheme` pages see. */
export class ColorScheme {
  readonly #system: 'light' | 'dark';
  readonly #sessions = new Set<CdpSession>();
  #source: Source = 'system';

  constructor(systemIsDark: boolean) {
    this.#system = systemIsDark ? 'dark' : 'light';
  }

  get source(): Source {
    return this.#source;
  }

  get effective(): 'light' | 'dark' {
    return this.#source === 'system' ? this.#system : this.#source;
  }

  set(source: Source): void {
    this.#source = source;
    for (const session of this.#sessions) this.#emulate(session);
  }

  add(session: CdpSession): void {
    this.#sessions.add(session);
    if (this.#source !== 'system') this.#emulate(session);
  }

  remove(session: CdpSession): void {
    this.#sessions.delete(session);
  }

  /** To be called with what a page sees: another debugger may prefer something else, the app's choice wins. */
  correct(session: CdpSession, seen: string): void {
    if (this.#source !== 'system' && seen !== this.effective) this.#emulate(session);
  }

  #emulate(session: CdpSession): void {
    const value = this.#source === 'system' && this.#system === 'light' ? '' : this.effective;
    session.tell('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value }],
    });
  }
}
