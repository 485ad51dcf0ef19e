// Loaded into a utility process before its module: `process.parentPort`, and the few modules of Electron's there.
import { EventEmitter } from 'node:events';
import { registerHooks } from 'node:module';
import { ParcelLine, type Parcel } from './parcels.ts';
import { allowOnlyBoringSsl } from './strict.ts';

class ParentPort extends EventEmitter {
  readonly #line: ParcelLine;
  #waiting: object[] | undefined = [];

  constructor() {
    super();
    this.#line = new ParcelLine((parcel) => process.send?.(parcel));
    process.on('message', (parcel) => this.#receive(parcel as Parcel));
    // Main has ended, whatever the way.
    process.on('disconnect', () => process.exit());
    this.on('newListener', (name) => {
      if (name === 'message') queueMicrotask(() => this.#flush());
    });
  }

  postMessage(message: unknown): void {
    this.#line.post(message, []);
  }

  #receive(parcel: Parcel): void {
    if (this.#line.receive(parcel)) return;
    const event = { data: parcel.data, ports: this.#line.receivePorts(parcel.ports) };
    if (this.#waiting) this.#waiting.push(event);
    else this.emit('message', event);
  }

  #flush(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of waiting) this.emit('message', event);
  }
}

const own = { parentPort: new ParentPort(), type: 'utility' };
for (const [name, value] of Object.entries(own)) {
  Object.defineProperty(process, name, { value, enumerable: true });
}

if (process.env['STANDIN_STRICT'] === '1') allowOnlyBoringSsl();

const MODULE = new URL('./utility-electron.ts', import.meta.url).href;
registerHooks({
  resolve(specifier, context, next) {
    if (!/^electron(\/(common|utility))?$/.test(specifier)) return next(specifier, context);
    return { url: MODULE, format: 'module-typescript', shortCircuit: true };
  },
});
