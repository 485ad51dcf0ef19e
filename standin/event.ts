import { EventEmitter } from 'node:events';

/** The first argument of most of Electron's events. */
export class PreventableEvent {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Emits with a preventable event in front, extended by `details`; returns the event as the listeners left it. */
export function emitEvent<D extends object = object>(
  emitter: EventEmitter,
  name: string,
  values: readonly unknown[] = [],
  details?: D,
): PreventableEvent & D {
  const event = Object.assign<PreventableEvent, D>(new PreventableEvent(), details ?? ({} as D));
  emitter.emit(name, event, ...values);
  return event;
}
