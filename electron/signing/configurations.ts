import type { ConfigurationText } from '../../shared/models/signing.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { networkTexts } from './network-texts.ts';
import { openSshConfiguration } from './openssh.ts';
import { openVpnConfiguration } from './openvpn.ts';
import type { SigningCredential } from './signing-credential.ts';
import { strongSwanConfiguration } from './strongswan.ts';

/** What a text needs beyond the credential. */
export interface ConfigurationWish {
  readonly credential: SigningCredential;
  /** PEM: what the organisation vouches with; none where it uses roots that everybody trusts. */
  readonly roots: readonly string[];
  /** What key and certificate are called when the person saves them together; absent where they may not. */
  readonly keyFile?: string;
}

type TextOf = (wish: ConfigurationWish) => ConfigurationText | null;

/** For the purposes that let somebody in. */
const texts: readonly TextOf[] = [
  openVpnConfiguration,
  strongSwanConfiguration,
  openSshConfiguration,
];

/** None for credentials that sign. A text that could not be read as it was meant is left out. */
export function configurationsOf(
  record: CredentialRecord,
  wish: ConfigurationWish,
): readonly ConfigurationText[] {
  if (!signsIn.includes(record.purpose)) return [];
  return [...texts.flatMap((textOf) => textOf(wish) ?? []), ...networkTexts(record)];
}

const signsIn: readonly CredentialRecord['purpose'][] = ['client', 'device', 'service'];
