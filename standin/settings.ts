// Everything the environment may ask of the stand-in, read once at the start.

export type Settings = {
  /** No window on any screen. */
  readonly headless: boolean;
  /** Fail where real Electron would, even where stock Node and Chromium could go on. */
  readonly strict: boolean;
  /** Print what Chromium says and which commands failed. */
  readonly verbose: boolean;
  /** Device pixels per CSS pixel; undefined leaves it to the screen. */
  readonly scale: number | undefined;
  /** What the operating system's secret store would answer. */
  readonly keyring: 'available' | 'none' | 'locked';
  /** The system's colour scheme, for `nativeTheme.themeSource = 'system'`. */
  readonly dark: boolean;
  /** A separate storage for every partition; always on when headless. */
  readonly separatePartitions: boolean;
  /** Chromium's executable, when it is not to be searched for. */
  readonly chromium: string | undefined;
};

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { DISPLAY, WAYLAND_DISPLAY, STANDIN_HEADLESS, STANDIN_SCALE } = environment;
  const screenless = !DISPLAY && !WAYLAND_DISPLAY;
  const headless = STANDIN_HEADLESS === undefined ? screenless : STANDIN_HEADLESS === '1';
  return {
    headless,
    strict: environment['STANDIN_STRICT'] === '1',
    verbose: environment['STANDIN_VERBOSE'] === '1',
    scale: STANDIN_SCALE === undefined ? undefined : Number(STANDIN_SCALE),
    keyring: readKeyring(environment['STANDIN_KEYRING']),
    dark: environment['STANDIN_DARK'] === '1',
    separatePartitions: headless || environment['STANDIN_CONTEXTS'] === '1',
    chromium: environment['CHROMIUM'],
  };
}

function readKeyring(value: string | undefined): Settings['keyring'] {
  return value === 'none' || value === 'locked' ? value : 'available';
}
