import type { CertificateCandidate, RegisteredKeyView } from '../../shared/enrollment-state.ts';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { ApproveAct } from './approvals-command-line.ts';
import { CommandError } from './command-error.ts';

/** How the request is answered. */
export type Way = {
  readonly challengeId: string;
  readonly words: string;
} & (
  | { readonly by: 'certificate'; readonly candidateId: string; readonly credentialId?: string }
  | { readonly by: 'key'; readonly thumbprint: string }
);

type Named = Pick<ApproveAct, 'certificate' | 'key'>;
type Asked = Pick<ApprovalRequest, 'organizationId' | 'challenges'>;

/**
 * What was named, or the only thing that can sign now; undefined when there is none yet. What another organisation knows this person
 * by, this one is not told unasked: a CA that names issuers can make any certificate the only one.
 */
export function wayMeant(
  request: Asked,
  named: Named,
  ownerOf: (credentialId: string) => string | undefined,
): Way | undefined {
  const isNamed = named.certificate !== undefined || named.key !== undefined;
  const isElsewhere = (way: Way): boolean =>
    way.by === 'certificate' &&
    way.credentialId !== undefined &&
    ownerOf(way.credentialId) !== request.organizationId;
  const [only, ...others] = waysOf(request).filter((way) => isMeant(way, named));
  if (only === undefined) return undefined;
  if (others.length === 0 && (isNamed || !isElsewhere(only))) return only;
  throw ambiguous([only, ...others]);
}

function isMeant(way: Way, { certificate, key }: Named): boolean {
  if (certificate !== undefined) {
    return way.by === 'certificate' && [way.candidateId, way.credentialId].includes(certificate);
  }
  return key === undefined || (way.by === 'key' && way.thumbprint === key);
}

function waysOf({ challenges }: Pick<ApprovalRequest, 'challenges'>): readonly Way[] {
  return challenges
    .filter(({ status }) => status === 'pending')
    .flatMap((challenge): readonly Way[] => {
      const { challengeId } = challenge;
      if (challenge.kind === 'certificate') {
        return challenge.candidates
          .filter(({ hindrance }) => hindrance === undefined)
          .map((candidate) => byCertificate(challengeId, candidate));
      }
      if (challenge.kind !== 'passkey') return [];
      return challenge.keys.map((key) => byKey(challengeId, key));
    });
}

function byCertificate(
  challengeId: string,
  { candidateId, credentialId, subject }: CertificateCandidate,
): Way {
  return {
    ...{ by: 'certificate', challengeId, candidateId },
    ...(credentialId !== undefined && { credentialId }),
    words: `the certificate ${credentialId ?? candidateId} of ${subject}`,
  };
}

const byKey = (challengeId: string, { thumbprint }: RegisteredKeyView): Way => ({
  ...{ by: 'key', challengeId, thumbprint },
  words: `the registered key ${thumbprint}`,
});

function ambiguous(ways: readonly Way[]): CommandError {
  const which = ways.map(({ words }) => words).join(' or ');
  return new CommandError('not-found', `say by --certificate or --key which signs: ${which}`);
}

export function nothingSigns(
  { challenges }: Pick<ApprovalRequest, 'challenges'>,
  { certificate, key }: Named,
): CommandError {
  if (certificate !== undefined || key !== undefined) {
    return new CommandError(
      'not-found',
      'nothing that the CA accepts is called so, and can sign now',
    );
  }
  const isForScreens = challenges.some(
    ({ kind, status }) => kind === 'passkey' && status === 'pending',
  );
  const instead = isForScreens
    ? '; passkeys are for screens: approve it in the desktop wallet'
    : '';
  return new CommandError(
    'not-found',
    `no certificate or key that the CA accepts can sign now${instead}`,
  );
}
