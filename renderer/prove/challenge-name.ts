import type { IconName } from '../ui/icon.tsx';
import type { Words } from '../words.ts';
import type { PossibleChallenge } from './ways.ts';

/** How a challenge is met, in words. */
export function challengeName(challenge: PossibleChallenge, { say }: Words): string {
  switch (challenge.kind) {
    case 'passkey':
      return say(byKeyAlone(challenge) ? 'challenge.key' : 'challenge.passkey');
    case 'certificate':
      return say('challenge.certificate');
    case 'code':
      return say(codeNames[challenge.type] ?? codeName(challenge.display));
    case 'record':
      return say(recordNames[challenge.type] ?? 'challenge.dns');
  }
}

/** What is needed for it; empty where the name says it all. */
export function challengeRest(challenge: PossibleChallenge, { say }: Words): string {
  switch (challenge.kind) {
    case 'passkey':
      return say(byKeyAlone(challenge) ? 'challenge.key.rest' : 'challenge.passkey.rest');
    case 'certificate':
      return say('challenge.certificate.rest');
    case 'code':
      return challenge.prompt === undefined
        ? ''
        : say('prove.hint.prompt', { prompt: challenge.prompt });
    case 'record':
      return say('challenge.dns.rest');
  }
}

export function challengeIcon(challenge: PossibleChallenge): IconName {
  if (challenge.kind === 'passkey' && byKeyAlone(challenge)) return 'key';
  return icons[challenge.kind];
}

const icons = {
  passkey: 'passkey',
  certificate: 'card',
  code: 'digits',
  record: 'server',
} as const satisfies Record<PossibleChallenge['kind'], IconName>;

type Passkey = Extract<PossibleChallenge, { kind: 'passkey' }>;
const byKeyAlone = ({ ways, keys }: Passkey): boolean => ways.length === 0 && keys.length > 0;

const codeNames: Readonly<Record<string, 'challenge.totp' | 'challenge.hotp'>> = {
  'totp-01': 'challenge.totp',
  'hotp-01': 'challenge.hotp',
};
const codeName = (display: string | undefined) =>
  display === undefined ? 'challenge.otp' : 'challenge.otp.display';

const recordNames: Readonly<Record<string, 'challenge.dnsAccount' | 'challenge.dnsPersist'>> = {
  'dns-account-01': 'challenge.dnsAccount',
  'dns-persist-01': 'challenge.dnsPersist',
};
