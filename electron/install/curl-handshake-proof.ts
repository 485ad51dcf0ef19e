import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { ProofLink } from '../../shared/failure.ts';
import { pemOf } from '../certificates/pem.ts';
import { InstallError, type Probe } from './install-target.ts';
import { withPrivateDirectory } from './private-directory.ts';
import { runSystemProgram } from './run-system-program.ts';
import type { Environment } from './run-tool.ts';

export interface CurlProof {
  readonly target: InstallTargetId;
  /** Its path; a constant of ours. */
  readonly program: string;
  /** Which certificate it shows, in curl's own words. */
  readonly certificate: readonly string[];
  readonly probe: Probe;
  readonly home: string;
  readonly environment: Environment;
  readonly temporaryDirectory: string;
}

/** curl(1): Schannel takes certificates of the person's store by their thumbprint. */
export const storedCertificate = (sha1: string): readonly string[] => [
  ...['--cert', `CurrentUser\\MY\\${sha1}`],
];

/** Signs in to the probe by the system's curl. Throws `InstallError`. */
export async function proveByCurl(proof: CurlProof): Promise<void> {
  const { target, program, certificate, probe, home, environment } = proof;
  await withPrivateDirectory(proof.temporaryDirectory, async (directory) => {
    const roots = join(directory, 'roots.pem');
    await writeFile(roots, probe.roots.map(pemOf).join(''));
    const { exitCode, stdout } = await runSystemProgram(target, {
      program,
      parameters: [
        // `-q`: nothing that the person's own configuration says.
        ...['-q', '--silent', '--max-time', '20', '--proto', '=https', '--noproxy', '*'],
        ...['--output', join(directory, 'page'), '--write-out', '%{http_code}'],
        ...(probe.roots.length > 0 ? ['--cacert', roots] : []),
        ...certificate,
        ...['--', probe.url],
      ],
      ...{ searchPath: '', home, environment },
    });
    judge(target, exitCode, stdout.toString('latin1').trim());
  });
}

function judge(target: InstallTargetId, exitCode: number, status: string): void {
  if (exitCode === 0 && /^2\d\d$/.test(status)) return;
  const [link, detail] =
    exitCode === 0
      ? (['refused', `HTTP ${status}`] as const)
      : ([links[exitCode] ?? 'refused', `curl ${exitCode}`] as const);
  throw new InstallError(target, 'proof-failed', detail, { link });
}

/** curl(1), "EXIT CODES". */
const links: Readonly<Record<number, ProofLink>> = {
  6: 'unreachable',
  7: 'unreachable',
  28: 'unreachable',
  // The connection broke while, or after, the certificate was shown.
  35: 'refused',
  52: 'refused',
  56: 'refused',
  58: 'key',
  60: 'server-ca',
  77: 'server-ca',
};
