/** A process that was started for one module, seen from main; whatever comes from it is not trusted. */
export interface TokenChild {
  /** Copies the message before it returns. */
  post(message: unknown): void;
  /** `null`: what came was no message. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started. */
  onExit(listener: () => void): void;
  /** At once, whatever the process is doing; it cannot refuse. */
  kill(): void;
}

/** Starts token processes: Electron's `utilityProcess` in the app, a plain process of Node's elsewhere. */
export interface TokenProcessLauncher {
  /** `name`, the module's file, is for lists of processes; the program is told the path once more in a message. */
  start(modulePath: string, name: string): TokenChild;
}
