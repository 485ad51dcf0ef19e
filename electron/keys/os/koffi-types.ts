export type Koffi = typeof import('koffi');
/** What koffi takes for a type of C; it exports no name for it. */
export type TypeSpec = Parameters<Koffi['sizeof']>[0];
export type Library = ReturnType<Koffi['load']>;
