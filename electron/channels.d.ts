/** The contract without its schemas, made at build time so that the preload stays small (electron.vite.config.ts). */
declare module 'virtual:channels' {
  export const channels: readonly import('./ipc/wallet-api.ts').Channel[];
}
