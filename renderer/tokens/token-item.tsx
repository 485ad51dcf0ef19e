import { useState } from 'react';
import type { TokenCertificateView } from '../../shared/models/token.ts';
import { useNow } from '../clock.ts';
import { commonName } from '../distinguished-name.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { daysLeft, itemName, type TokenItem } from './contents.ts';
import { RemoveKeyDialog } from './remove-key-dialog.tsx';

interface TokenItemLineProps {
  readonly item: TokenItem;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly go: (place: Place) => void;
}

/** One key with its certificate: what it is called, whose it is, and how long it counts. */
export function TokenItemLine({ item, tokenId, tokenName, go }: TokenItemLineProps) {
  const words = useWords();
  const { say } = words;
  const now = useNow(60_000);
  const { key, certificate } = item;
  const named = itemName(item);
  const name = named === '' ? say('tokens.key.unnamed') : named;
  return (
    <li className="token-item">
      <Icon name={key === undefined ? 'document' : 'key'} />
      <div>
        <p className="token-item-name breakable">
          <bdi>{name}</bdi>
        </p>
        <p className="small quiet breakable">{keyLine(item, words)}</p>
        {certificate !== undefined && (
          <p className="small quiet breakable">{certificateLine(certificate, now, words)}</p>
        )}
      </div>
      <ItemAction item={item} name={name} remove={{ tokenId, tokenName }} go={go} />
    </li>
  );
}

function keyLine({ key, certificate }: TokenItem, { say }: Words): string {
  if (key === undefined) return say('tokens.certificate.alone');
  return [
    say('tokens.key.line', { algorithm: key.algorithm }),
    ...(certificate === undefined ? [say('tokens.certificate.none')] : []),
    ...(key.alwaysAuthenticate ? [say('tokens.key.each')] : []),
    say(`tokens.owner.${key.owner}`),
  ].join(' · ');
}

function certificateLine(certificate: TokenCertificateView, now: number, words: Words): string {
  const { say, shortDate } = words;
  const issuer = say('tokens.certificate.issuer', { issuer: commonName(certificate.issuer) });
  const left = daysLeft(certificate, now);
  if (left.is === 'valid') return `${issuer} · ${say('tokens.days', { days: left.days })}`;
  const { notBefore, notAfter } = certificate;
  const when =
    left.is === 'early'
      ? say('tokens.days.early', { date: shortDate(notBefore) })
      : say('tokens.days.over', { date: shortDate(notAfter) });
  return `${issuer} · ${when}`;
}

interface ItemActionProps extends Pick<TokenItemLineProps, 'item' | 'go'> {
  readonly name: string;
  readonly remove: { readonly tokenId: string; readonly tokenName: string };
}

function ItemAction({ item, name, remove, go }: ItemActionProps) {
  const { say } = useWords();
  const { credentials } = useWalletState().wallet;
  const [removing, setRemoving] = useState(false);
  const credentialId = item.key?.credentialId ?? item.certificate?.credentialId;
  if (credentials.some(({ id }) => id === credentialId) && credentialId !== undefined) {
    return (
      <Button
        tone="link"
        name={say('tokens.credential.of', { name })}
        onPress={() => go({ at: 'credential', credentialId })}
      >
        {say('tokens.credential')}
      </Button>
    );
  }
  if (item.key?.owner !== 'left-behind') return null;
  return (
    <>
      <Button
        size="small"
        name={say('tokens.remove.of', { name })}
        onPress={() => setRemoving(true)}
      >
        {say('tokens.remove')}
      </Button>
      {removing && (
        <RemoveKeyDialog
          {...remove}
          keyId={item.keyId}
          name={name}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}
