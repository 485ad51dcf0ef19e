import type { z } from 'zod';

/** A request of the page, and what it is answered. */
export interface Invoke<Request extends z.ZodType, Response> {
  readonly kind: 'invoke';
  readonly request: Request;
  /** Carries the type only. */
  readonly response?: Response;
}

export interface Notify<Payload> {
  readonly kind: 'notify';
  /** Carries the type only. */
  readonly payload?: Payload;
}

export type Entry = Invoke<z.ZodType, unknown> | Notify<unknown>;

export const invoke =
  <Response>() =>
  <Request extends z.ZodType>(request: Request): Invoke<Request, Response> => ({
    kind: 'invoke',
    request,
  });
export const notify = <Payload>(): Notify<Payload> => ({ kind: 'notify' });
