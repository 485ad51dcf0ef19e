import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { InstallTargetId } from '../../../shared/models/credential.ts';
import { networkMembers, type NetworkDescription } from '../../../shared/models/network.ts';
import { InstallError } from '../install-target.ts';
import { xmlDocument, XmlTextError, type XmlElement } from './xml-document.ts';

const members = z
  .object(networkMembers)
  .refine(({ ssids, wired }) => wired || ssids.length > 0, 'names no network');

/** A network that was looked at once more, just before it is written where a program believes it. */
export interface CheckedNetwork extends NetworkDescription {
  /** Those that alone vouch for its server. */
  readonly roots: readonly X509Certificate[];
}

/**
 * Nothing that was kept or handed over is believed: without server names, roots and an anonymous outer identity a network is
 * refused. Throws `InstallError`.
 */
export function checkedNetwork(
  network: NetworkDescription,
  target: InstallTargetId,
): CheckedNetwork {
  const { success, data, error } = members.safeParse(network);
  if (!success) {
    throw new InstallError(target, 'refused', 'the network is not described safely', {
      cause: error,
    });
  }
  return { ...network, ...data, roots: data.serverRoots.map((root) => rootOf(root, target)) };
}

function rootOf(base64: string, target: InstallTargetId): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (cause) {
    const detail = 'a root of the network is no certificate';
    throw new InstallError(target, 'refused', detail, { cause });
  }
}

/** As `xmlDocument`; what XML cannot hold is refused (`InstallError`). */
export function writtenXml(root: XmlElement, target: InstallTargetId, documentType = ''): string {
  try {
    return xmlDocument(root, documentType);
  } catch (cause) {
    if (!(cause instanceof XmlTextError)) throw cause;
    throw new InstallError(target, 'refused', 'a name cannot be written in XML', { cause });
  }
}
