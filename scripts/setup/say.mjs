const colourful = process.stdout.isTTY === true && !process.env.NO_COLOR;

const paint = (code) => (text) => (colourful ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint('1');
export const quiet = paint('2');
export const red = paint('31');
export const green = paint('32');

/**
 * One line about what the set-up is doing.
 *
 * @param {string} text
 */
export function say(text) {
  console.log(`${quiet('·')} ${text}`);
}

/** What stops a script, in words for the person at the terminal; no stack is printed for it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [details] what the failing program printed
   */
  constructor(message, details = '') {
    super(message);
    this.name = 'SetupError';
    this.code = 'setup';
    this.details = details;
  }
}

/**
 * Runs a script's main function; a failure ends the process with 1.
 *
 * @param {() => Promise<number | void>} main its exit code
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.details !== '') console.error(error.details.trimEnd());
    console.error(`${red('✗')} ${error.message}`);
    process.exitCode = 1;
  }
}
