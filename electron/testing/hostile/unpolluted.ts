const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const before = prototypes.map((each) => Reflect.ownKeys(each).length);

/** Whether nobody has put anything into what all objects inherit. */
export const isUnpolluted = (): boolean =>
  prototypes.every((each, index) => Reflect.ownKeys(each).length === before[index]) &&
  !('polluted' in {});
