/**
 * @typedef {object} Outcome
 * @property {string} title of the test, a sentence whose subject is the partner
 * @property {boolean} passed
 */

/** @typedef {import('./partners.mjs').Partner & { version: string, outcomes: readonly Outcome[] }} Meeting */

/**
 * docs/interop.md.
 *
 * @param {{ clients: readonly Meeting[], servers: readonly Meeting[], date: string }} meetings
 */
export function renderPage({ clients, servers, date }) {
  return `${[
    '# What gets along with what',
    [
      'Made by `npm run interop` from the outcomes of the tests named below; do not edit. `scripts/interop.test.mjs` fails when this',
      'page leaves out one of those tests, lists one that failed, or names other versions than those that are installed.',
      `Last made on ${date} with the packages of Debian 12.`,
    ].join('\n'),
    overview([...clients, ...servers]),
    '## Clients of others at our CA',
    ...clients.map(section),
    '## Our client at the servers of others',
    ...servers.map(section),
  ].join('\n\n')}\n`;
}

/** @param {readonly Meeting[]} meetings */
function overview(meetings) {
  const rows = meetings.map(({ name, version, outcomes }) => {
    const passed = outcomes.filter((outcome) => outcome.passed).length;
    return [name, version, `${passed} of ${outcomes.length}`];
  });
  return table(['with', 'version', 'passed'], rows);
}

/** @param {Meeting} meeting */
function section({ name, version, files, note, outcomes }) {
  const rows = outcomes.map(({ title, passed }) => [title, passed ? 'passed' : '**failed**']);
  const where = files.map((file) => `\`${file}\``).join(', ');
  return [`### ${name} ${version}`, `${note} (${where})`, table(['test', 'outcome'], rows)].join(
    '\n\n',
  );
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
