/** Lets things that have the same name happen one after the other, and others at the same time. */
export type Turns = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    const end = (): void => {
      if (last.get(name) === over) last.delete(name);
    };
    const over: Promise<void> = turn.then(end, end);
    last.set(name, over);
    return turn;
  };
}
