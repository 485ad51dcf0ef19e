import path from 'node:path';

/** What somebody asked the wallet to open: untrusted, whoever handed it over. */
export type Opening =
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'file'; readonly path: string };

/** What the command line says. */
export interface Launch {
  readonly userDataDirectory: string | null;
  /** Where the process that started the wallet left the Local CA's profile and invitation. */
  readonly localCaPath: string | null;
  readonly opening: Opening | null;
}

export const linkScheme = 'countersign';
export const profileExtension = '.enroll';

/** Reads a command line, our own or that of a second launch that ran in `workingDirectory`. */
export function parseLaunch(argv: readonly string[], workingDirectory: string): Launch {
  const switchPath = (name: string): string | null => {
    const value = argv.findLast((argument) => argument.startsWith(`--${name}=`));
    const text = value?.slice(name.length + 3) ?? '';
    return text === '' ? null : path.resolve(workingDirectory, text);
  };
  return {
    userDataDirectory: switchPath('user-data-dir'),
    localCaPath: switchPath('local-ca'),
    opening: parseOpening(argv, workingDirectory),
  };
}

/**
 * Takes this process's arguments out of what everybody on this computer can read (`/proc/<pid>/cmdline`, `ps`): an
 * invitation's link holds a secret. The title is written over them. Tried in Node; on Electron's binary not yet.
 */
export function hideArguments(title: string): void {
  process.title = title;
}

/** The last argument wins: Chromium puts its own switches before it and the system puts the link at the end. */
function parseOpening(argv: readonly string[], workingDirectory: string): Opening | null {
  const isLink = (argument: string): boolean => argument.toLowerCase().startsWith(`${linkScheme}:`);
  const isFile = (argument: string): boolean =>
    !argument.startsWith('-') && argument.toLowerCase().endsWith(profileExtension);
  const argument = argv.slice(1).findLast((candidate) => isLink(candidate) || isFile(candidate));
  if (argument === undefined) return null;
  return isLink(argument)
    ? { kind: 'link', link: argument }
    : { kind: 'file', path: path.resolve(workingDirectory, argument) };
}
