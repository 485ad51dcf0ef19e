import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { inProject } from '../setup/project.mjs';

const page = inProject('docs', 'os-keys.md');
const begin = '<!-- npm run wine writes from here -->';
const end = '<!-- to here -->';

/**
 * Writes the table into docs/os-keys.md, between its marks.
 *
 * @param {readonly import('./run-under-wine.mjs').Outcome[]} outcomes
 * @param {string} wine its name and version
 */
export async function writePage(outcomes, wine) {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${page} has no place for the table`);
  const style = await resolveConfig(page);
  const written = `${before}${begin}\n\n${table(outcomes, wine)}\n${end}${after}`;
  writeFileSync(page, await format(written, { ...style, filepath: page }));
}

/**
 * @param {readonly import('./run-under-wine.mjs').Outcome[]} outcomes
 * @param {string} wine
 */
function table(outcomes, wine) {
  const rows = outcomes.map(({ area, what, outcome }) => {
    const told = outcome === 'works' ? 'works' : `refused: \`${outcome}\``;
    return `| ${area} | ${what} | ${told} |`;
  });
  return [`| part | what is done | ${wine} |`, '|---|---|---|', ...rows, ''].join('\n');
}
