import type { CdpSession, Protocol } from './cdp.ts';

/** One line of a page's console; `sourceId` is the script's URL. */
export type ConsoleLine = {
  readonly level: 'info' | 'warning' | 'error' | 'debug';
  readonly message: string;
  readonly lineNumber: number;
  readonly sourceId: string;
};

const LEVELS: Readonly<Record<string, ConsoleLine['level']>> = {
  error: 'error',
  assert: 'error',
  warning: 'warning',
  debug: 'debug',
};

/** Reports what a page logs, and the errors nobody caught. */
export function listenToConsole(session: CdpSession, report: (line: ConsoleLine) => void): void {
  session.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
    const message = args.map(({ value, description }) => description ?? String(value)).join(' ');
    const { url = '', lineNumber = 0 } = stackTrace?.callFrames[0] ?? {};
    report({ level: LEVELS[type] ?? 'info', message, lineNumber, sourceId: url });
  });
  session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
    const { lineNumber, url = '' } = exceptionDetails;
    const { message } = toError(exceptionDetails);
    report({ level: 'error', message: `Uncaught ${message}`, lineNumber, sourceId: url });
  });
}

/** An error of the page's, as an error of ours: its first line is what there is to know. */
export function toError({ exception, text }: Protocol.Runtime.ExceptionDetails): Error {
  const [first = text] = (exception?.description ?? String(exception?.value ?? text)).split('\n');
  return new Error(first.replace(/^Error: /, ''));
}
