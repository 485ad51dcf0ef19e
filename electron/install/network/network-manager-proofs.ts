import type { InstalledCredential, Probes } from '../install-target.ts';
import type { Proof } from '../../../shared/models/credential.ts';
import type { KeyMaterial } from './key-files.ts';
import { proveCertificateFile, proveKeyFile, proveKeyOnToken } from './material-proofs.ts';
import { joinNetwork } from './network-manager-activation.ts';
import type { NetworkManagerConnections, OwnConnection } from './network-manager-connections.ts';
import { connectionUuid, mediaOf } from './network-manager-settings.ts';
import { brokenLink, type NetworkManagerTool } from './network-manager-tool.ts';
import type { RadiusProbeSurroundings } from './radius-probe.ts';
import { issuersIn, proveAllByRadius } from './radius-trials.ts';
import type { SignInKey } from './wpa-supplicant-conf.ts';

const target = 'network-manager';

export interface NetworkManagerProof {
  readonly tool: NetworkManagerTool;
  readonly connections: NetworkManagerConnections;
  readonly installed: InstalledCredential;
  readonly probes: Probes;
  readonly surroundings: RadiusProbeSurroundings;
  /** `null`: there is nothing of this credential. */
  readonly material: KeyMaterial | null;
  /** Of this credential. */
  readonly own: readonly OwnConnection[];
  /** Of the token; absent where it is asked for elsewhere. Overwritten by whoever lends it. */
  readonly pin?: Uint8Array | undefined;
}

/** The key signs: by the passphrase that NetworkManager has, or on its token. Returns what did it. Throws `InstallError`. */
export async function proveSignature(proof: NetworkManagerProof): Promise<string> {
  const { installed } = proof;
  const wanted = { target, certificate: installed.certificate } as const;
  if (installed.token) {
    await proveKeyOnToken(wanted, installed.token);
    return installed.token.moduleName;
  }
  const key = await keyOf(proof, materialIn(proof));
  if (key.kind !== 'file') throw brokenLink('key', 'no file');
  await proveKeyFile(wanted, key, key.passphrase);
  return 'OpenSSL';
}

/** NetworkManager has a connection for each way into each network, and its files are those of this certificate. */
export async function proveListed(proof: NetworkManagerProof): Promise<string> {
  const { installed, own, probes, surroundings } = proof;
  const material = materialIn(proof);
  for (const { uuid, network } of waysOf(installed)) {
    const found = own.find((each) => each.uuid === uuid);
    if (!found || !leadsTo(found, material) || found.rootsFile !== material.rootsFile(network)) {
      throw brokenLink('not-listed', network.name);
    }
  }
  if (own.length === 0) throw brokenLink('not-listed', installed.location);
  const { certificate } = installed;
  const { anchors } = probes;
  await proveCertificateFile({ target, certificate }, material, {
    anchors,
    now: surroundings.now(),
  });
  return 'NetworkManager';
}

/** `null`: nothing here could try it. */
export async function proveEapTls(proof: NetworkManagerProof): Promise<Proof | null> {
  const { installed, probes, surroundings, pin } = proof;
  const { networks = [] } = installed;
  if (!probes.radius || networks.length === 0) return null;
  if (installed.token && !pin) return null;
  const material = materialIn(proof);
  return proveAllByRadius(
    {
      ...{ target, networks, probe: probes.radius, certificate: installed.certificate },
      signIn: { ...material, key: await keyOf(proof, material) },
      issuers: await issuersIn(material, probes.anchors ?? []),
      ...(pin && { pin }),
    },
    surroundings,
  );
}

/** The name of the program; `null`: no network was within reach. */
export async function proveNetwork(proof: NetworkManagerProof): Promise<string | null> {
  const { installed, probes, tool } = proof;
  if (!probes.network) return null;
  const { temporaryDirectory } = proof.surroundings;
  const asksForPin = installed.token !== undefined;
  const ways = waysOf(installed).map(({ uuid, medium, network: { outerIdentity } }) => ({
    ...{ uuid, medium, outerIdentity, asksForPin },
  }));
  const joined = await joinNetwork(ways, { tool, temporaryDirectory, pin: proof.pin });
  return joined ? 'NetworkManager' : null;
}

/** Whether a connection has the key and the certificate that it was made for. */
export function leadsTo(connection: OwnConnection, { key, certificateFile }: KeyMaterial): boolean {
  const { certificate, privateKey } = connection;
  return (
    certificate === certificateFile &&
    privateKey === (key.kind === 'file' ? key.file : key.privateKeyUri)
  );
}

const waysOf = ({ credentialId, networks = [] }: InstalledCredential) =>
  networks.flatMap((network) =>
    mediaOf(network).map((medium) => ({
      ...{ uuid: connectionUuid(credentialId, network, medium), medium, network },
    })),
  );

function materialIn({ material, installed }: NetworkManagerProof): KeyMaterial {
  if (material !== null) return material;
  throw brokenLink('not-listed', `no files: ${installed.location}`);
}

async function keyOf(
  { connections, own }: NetworkManagerProof,
  { key }: KeyMaterial,
): Promise<SignInKey> {
  if (key.kind === 'token') return key;
  const [first] = own;
  if (!first) throw brokenLink('not-listed', 'NetworkManager has no connection');
  const passphrase = await connections.passphraseOf(first.uuid);
  if (passphrase) return { ...key, passphrase };
  throw brokenLink('not-listed', 'NetworkManager has no passphrase for the key');
}
