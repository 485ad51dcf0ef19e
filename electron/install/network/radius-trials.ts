import { readFile } from 'node:fs/promises';
import type { Proof } from '../../../shared/models/credential.ts';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { derOf, readChain } from '../../certificates/pem.ts';
import type { KeyMaterial } from './key-files.ts';
import { proveByRadius, type RadiusProbeSurroundings, type RadiusTrial } from './radius-probe.ts';

export interface RadiusTrials extends Omit<RadiusTrial, 'network'> {
  readonly networks: readonly NetworkDescription[];
}

/** Of trials for one proof: each may take its time to say nothing. */
const mostTrials = 4;

/**
 * Signs in as in each network whose server is believed for other reasons. The first that fails ends it, and is named where there are
 * several; `null`: there is no network.
 */
export async function proveAllByRadius(
  { networks, ...trial }: RadiusTrials,
  surroundings: RadiusProbeSurroundings,
): Promise<Proof | null> {
  const different = differentOf(networks);
  let proof: Proof | null = null;
  for (const network of different) {
    proof = await proveByRadius({ ...trial, network }, surroundings);
    if (proof.status === 'proven') continue;
    return different.length > 1 ? naming(network, proof) : proof;
  }
  return proof;
}

/** The server for tests is the organisation's: what files say of other networks is not true of it. */
function differentOf(networks: readonly NetworkDescription[]): readonly NetworkDescription[] {
  const own = networks.filter(({ source }) => source === 'organization');
  const different = new Map<string, NetworkDescription>();
  for (const network of own.length > 0 ? own : networks.slice(0, 1)) {
    const { serverNames, serverRoots, outerIdentity } = network;
    const believed = [serverNames.toSorted(), serverRoots.toSorted(), outerIdentity];
    const key = JSON.stringify(believed);
    if (!different.has(key)) different.set(key, network);
  }
  return [...different.values()].slice(0, mostTrials);
}

function naming({ name }: NetworkDescription, proof: Proof): Proof {
  if (proof.status !== 'failed' || proof.failure.code !== 'install') return proof;
  const { detail = '' } = proof.failure;
  return { ...proof, failure: { ...proof.failure, detail: `${name}: ${detail}` } };
}

/** Those that are sent along, and those in which that ends. */
export async function issuersIn(
  { certificateFile }: KeyMaterial,
  anchors: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const [, ...issuers] = readChain(await readFile(certificateFile, 'utf8')).map(derOf);
  return [...issuers, ...anchors];
}
