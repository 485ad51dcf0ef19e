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
    this.refresh(session);
  }

  remove(session: CdpSession): void {
    this.#sessions.delete(session);
  }

  /** To be called for every new document: another debugger may have set its own preference meanwhile. */
  refresh(session: CdpSession): void {
    if (this.#source !== 'system') this.#emulate(session);
  }

  #emulate(session: CdpSession): void {
    const value = this.#source === 'system' && this.#system === 'light' ? '' : this.effective;
    session.tell('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value }],
    });
  }
}
