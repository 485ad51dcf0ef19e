import type {
  Fault,
  FaultAim,
  FaultHandle,
  FaultKind,
  Faults,
  ResourceName,
} from './fault-kinds.ts';

/** Where in the server it is asked whether a fault strikes. */
export type Place = { readonly resource: ResourceName; readonly url: string };

type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The side of the faults that the server sees. */
export type FaultBox = Faults & {
  /** The armed fault of that kind for this place, now used up by one; undefined when there is none. */
  strike<K extends FaultKind>(kind: K, place: Place): FaultOf<K> | undefined;
  /** What `strike` would give, without using it up. */
  peek<K extends FaultKind>(kind: K, place: Place): FaultOf<K> | undefined;
  /** Like `strike`, and resolves when the fault is released. */
  hold(kind: 'hold' | 'stalledBody', place: Place): Promise<void> | undefined;
  /** By how many seconds the server's clock is off now. */
  skew(): number;
  /** Runs a step only after an object was polled so often; `polls` of 0 runs it now. */
  postpone(objectId: string, polls: number, step: () => void): void;
  /** Counts a poll of an object, and runs what was postponed until it. */
  poll(objectId: string): void;
};

type ArmedFault = {
  readonly fault: Fault & FaultAim;
  remaining: number;
  readonly reached: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
};

type PostponedStep = { polls: number; readonly step: () => void };

export function createFaults(): FaultBox {
  const armed: ArmedFault[] = [];
  function find(kind: FaultKind, place: Place): ArmedFault | undefined {
    return armed.find((candidate) => matches(candidate, kind, place));
  }

  function take(kind: FaultKind, place: Place): ArmedFault | undefined {
    const found = find(kind, place);
    if (found !== undefined) found.remaining -= 1;
    return found;
  }

  function release(entry: ArmedFault): void {
    entry.remaining = 0;
    entry.released.resolve();
    const index = armed.indexOf(entry);
    if (index >= 0) armed.splice(index, 1);
  }

  return {
    arm(fault) {
      const entry: ArmedFault = {
        fault,
        remaining: fault.times ?? 1,
        reached: Promise.withResolvers(),
        released: Promise.withResolvers(),
      };
      armed.push(entry);
      return toHandle(entry, () => release(entry));
    },
    clear: () => [...armed].forEach(release),
    strike<K extends FaultKind>(kind: K, place: Place) {
      const entry = take(kind, place);
      entry?.reached.resolve();
      return entry?.fault as FaultOf<K> | undefined;
    },
    peek<K extends FaultKind>(kind: K, place: Place) {
      return find(kind, place)?.fault as FaultOf<K> | undefined;
    },
    hold(kind, place) {
      const entry = take(kind, place);
      entry?.reached.resolve();
      return entry?.released.promise;
    },
    skew: () => armed.reduce((sum, entry) => sum + skewOf(entry), 0),
    ...createPostponement(),
  };
}

function createPostponement(): Pick<FaultBox, 'postpone' | 'poll'> {
  const postponed = new Map<string, PostponedStep>();
  return {
    postpone(objectId, polls, step) {
      if (polls <= 0) step();
      else postponed.set(objectId, { polls, step });
    },
    poll(objectId) {
      const entry = postponed.get(objectId);
      if (entry === undefined) return;
      if (entry.polls > 0) {
        entry.polls -= 1;
        return;
      }
      postponed.delete(objectId);
      entry.step();
    },
  };
}

function matches({ fault, remaining }: ArmedFault, kind: FaultKind, place: Place): boolean {
  return (
    fault.kind === kind &&
    remaining > 0 &&
    (fault.resource === undefined || fault.resource === place.resource) &&
    (fault.url === undefined || fault.url === place.url)
  );
}

function skewOf({ fault, reached }: ArmedFault): number {
  if (fault.kind !== 'clockSkew') return 0;
  reached.resolve();
  return fault.seconds;
}

function toHandle(entry: ArmedFault, release: () => void): FaultHandle {
  return {
    reached: entry.reached.promise,
    remaining: () => entry.remaining,
    release,
  };
}
