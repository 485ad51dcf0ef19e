import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SessionBus } from '../../electron/testing/session-bus.ts';
import type { Figure } from './figures.ts';
import { issue, type Issuance } from './issuance.ts';
import { startUp, type StartUp } from './start-up.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The least that can be started: one window, one line of text. What it costs is the stand-in's and Chromium's own. */
const leastApp = join(project, 'e2e', 'bench', 'least-app');
const runs = 7;

/** What the wallet costs: from the start of its process to a credential. */
export async function measureWallet(): Promise<readonly Figure[]> {
  await using session = await SessionBus.start({ secretService: 'unlocked' });
  const wallet: StartUp[] = [];
  const least: StartUp[] = [];
  const issuances: Issuance[] = [];
  await startUp(project, session.env); // What the disk has to read once is not counted.
  for (let run = 1; run <= runs; run += 1) {
    wallet.push(await startUp(project, session.env));
    least.push(await startUp(leastApp, session.env));
    issuances.push(await issue(session));
  }
  return [...startFigures(wallet, least), ...issuanceFigures(issuances)];
}

function startFigures(wallet: readonly StartUp[], least: readonly StartUp[]): readonly Figure[] {
  const paints = wallet.map(({ firstPaint }) => firstPaint);
  return [
    { name: 'process start to first paint', unit: 'ms', values: paints },
    {
      name: 'the same, an app with one line of text',
      unit: 'ms',
      values: least.map(({ firstPaint }) => firstPaint),
    },
    {
      name: 'wallet : one line of text, pair by pair',
      unit: 'ratio',
      values: paints.map((paint, run) => paint / (least[run]?.firstPaint ?? Number.NaN)),
    },
    {
      name: 'process start to first screen complete',
      unit: 'ms',
      values: wallet.map(({ firstScreen }) => firstScreen),
    },
    {
      name: 'memory of main at the first screen (PSS)',
      unit: 'MB',
      values: wallet.map(({ memory }) => memory.main),
    },
    {
      name: 'memory of the renderer at the first screen (PSS)',
      unit: 'MB',
      values: wallet.map(({ memory }) => memory.renderer),
    },
  ];
}

function issuanceFigures(issuances: readonly Issuance[]): readonly Figure[] {
  const column = (
    name: string,
    unit: Figure['unit'],
    value: (run: Issuance) => number,
  ): Figure => ({
    name,
    unit,
    values: issuances.map(value),
  });
  return [
    column('click to the field for the code (P-256, local CA)', 'ms', (run) => run.toCode),
    column('click on “Send code” to issued', 'ms', (run) => run.toIssued),
    column('both together', 'ms', (run) => run.toCode + run.toIssued),
    column('of that, the CA', 'ms', (run) => run.ca),
    column('of that, ours', 'ms', (run) => run.ours),
    column('requests', 'requests', (run) => run.requests),
    column('memory of main after an enrolment (PSS)', 'MB', (run) => run.memory.main),
    column('memory of the renderer after an enrolment (PSS)', 'MB', (run) => run.memory.renderer),
  ];
}
