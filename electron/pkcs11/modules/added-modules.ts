/** The modules that the person named, remembered. */
export interface AddedModules {
  list(): readonly string[];
  /** Of one that is there already nothing changes. */
  add(path: string): void;
  remove(path: string): void;
}
