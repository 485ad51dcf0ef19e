import type { Failure, Result } from '../../shared/failure.ts';
import { channelName, contract, type Handlers } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import { displayablePayload } from './displayable-payload.ts';

/** What a border needs of its surroundings; `Event` is whatever says who sent a request. */
export interface Gate<Event> {
  readonly handle: (
    channel: string,
    listener: (event: Event, request: unknown) => Promise<Result<unknown>>,
  ) => void;
  readonly isOurMainFrame: (event: Event) => boolean;
  readonly toFailure: (error: unknown) => Failure | Promise<Failure>;
}

type Handler = (request: unknown) => Promise<unknown>;

const refused: Result<never> = { ok: false, failure: { code: 'invalid-request' } };

/**
 * Registers one guarded handler for each request of the contract. Every request passes three gates: its sender
 * is our page, its payload fits the entry's schema, and its outcome leaves as a `Result` whose texts steer nothing.
 * Octets that came along are overwritten once it has.
 * The handlers may still be on their way: requests wait for them, and share their failure to arrive.
 */
export function openBorder<Event>(
  handlers: () => Promise<Handlers>,
  { handle, isOurMainFrame, toFailure }: Gate<Event>,
): void {
  for (const { group, entry, schema } of requests()) {
    handle(channelName(group, entry), async (event, raw) => {
      if (!isOurMainFrame(event) || !isPlainObject(raw)) return refused;
      try {
        const request = schema.safeParse(raw);
        if (!request.success) return refused;
        const handler = handlerOf(await handlers(), group, entry);
        return { ok: true, value: displayablePayload(await handler(request.data)) };
      } catch (error) {
        return { ok: false, failure: displayablePayload(await toFailure(error)) };
      } finally {
        overwriteOctets(raw);
      }
    });
  }
}

/** Octets in a request are secrets: text that has to be forgotten cannot be. */
function overwriteOctets(request: object): void {
  for (const member of Object.values(request)) {
    if (member instanceof Uint8Array) member.fill(0);
  }
}

/** A schema without members would take a Date, an array or a Map for an empty object. */
function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

type RequestSchema = Extract<Entry, { kind: 'invoke' }>['request'];

function* requests(): Generator<{ group: string; entry: string; schema: RequestSchema }> {
  for (const [group, entries] of Object.entries<Readonly<Record<string, Entry>>>(contract)) {
    for (const [entry, definition] of Object.entries(entries)) {
      if (definition.kind === 'invoke') yield { group, entry, schema: definition.request };
    }
  }
}

/** `Handlers` has a function for every request, by type; the loop above cannot carry that through. */
function handlerOf(handlers: Handlers, group: string, entry: string): Handler {
  const byName = handlers as unknown as Record<string, Record<string, Handler | undefined>>;
  const handler = byName[group]?.[entry];
  if (handler === undefined) throw new TypeError(`no handler for ${channelName(group, entry)}`);
  return handler;
}
