// npm run interop: lets our CA and our client meet other people's, and writes down what came of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { vitestCommand } from './checks/vitest.mjs';
import { renderPage } from './interop/page.mjs';
import { clients, installedVersion, servers } from './interop/partners.mjs';
import { ensureSystemPackages, testPackages } from './setup/debian.mjs';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { inProject, readJson, root } from './setup/project.mjs';
import { run } from './setup/run.mjs';
import { runScript, say, SetupError } from './setup/say.mjs';

const page = inProject('docs', 'interop.md');

await runScript(async () => {
  await ensureSystemPackages(testPackages);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { report, exit } = await runTests([...clients, ...servers].flatMap(({ files }) => files));
  const meetings = (partners) => Promise.all(partners.map((one) => meet(one, report)));
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(
    page,
    renderPage({ clients: await meetings(clients), servers: await meetings(servers), date }),
  );
  await run(process.execPath, [inProject('node_modules/prettier/bin/prettier.cjs'), '-w', page]);
  say(`wrote ${relative(root, page)}`);
  return exit;
});

/** @param {readonly string[]} files */
async function runTests(files) {
  const scratch = mkdtempSync(join(tmpdir(), 'interop-'));
  try {
    const file = join(scratch, 'vitest.json');
    const { code, output } = await run(process.execPath, [...vitestCommand(file), ...files]);
    const report = readJson(file);
    if (report === undefined) throw new SetupError('the tests left no report', output);
    if (code !== 0) console.log(output);
    return { report, exit: code };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** @param {import('./interop/partners.mjs').Partner} partner */
async function meet(partner, report) {
  const resultsOf = (file) =>
    report.testResults.find(({ name }) => relative(root, name) === file)?.assertionResults ?? [];
  const version = await installedVersion(partner.package);
  if (version === undefined) throw new SetupError(`${partner.package} is not installed`);
  const outcomes = partner.files.flatMap(resultsOf).map(({ ancestorTitles, title, status }) => ({
    title: sentence(ancestorTitles, title),
    passed: status === 'passed',
  }));
  return { ...partner, version, outcomes };
}

/** @param {readonly string[]} subjects @param {string} title */
function sentence(subjects, title) {
  return [...subjects.filter((subject) => subject !== ''), title].join(' ');
}
