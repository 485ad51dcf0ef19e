import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestCa } from '../../ca/testing/enrollment.ts';
import type { TestCa } from '../../ca/testing/enrollment.ts';
import { createEquipment } from './equipment.ts';

/** The CA of this repository with people who have everything, and the files with which the suite is run against it. */
export type LocalServer = {
  readonly ca: TestCa;
  readonly folder: string;
  readonly credentialsFile: string;
  readonly rootFile: string;
  stop(): Promise<void>;
};

export async function startLocalServer(): Promise<LocalServer> {
  const equipment = await createEquipment();
  const ca = await startTestCa({ challengeAnchors: equipment.challengeAnchors });
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const files = await equipment.writeFor(ca, folder);
  return {
    ...{ ca, folder, ...files },
    async stop() {
      await ca.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
