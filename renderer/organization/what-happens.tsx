import { targetsServing, type InstallTargetId } from '../../shared/models/credential.ts';
import type {
  CredentialOffer,
  ProfileInstallTarget,
} from '../../shared/models/enrollment-profile.ts';
import type { OrganizationPreview } from '../../shared/models/organization.ts';
import { usesTokens } from '../choose/key-place.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { hostOf } from './fingerprint.ts';

/** What will be done, and where things will be put, before anything is done. */
export function WhatHappens({ preview }: { readonly preview: OrganizationPreview }) {
  const words = useWords();
  const { say, text } = words;
  const { installTargets, deviceName } = useWalletState().wallet;
  const { organization, invitation } = preview;
  const host = hostOf(organization.directoryUrl);
  const invited = organization.offers.find(({ id }) => id === invitation?.offerId);
  const offers = invited === undefined ? organization.offers : [invited];
  const steps: readonly (readonly [IconName, string])[] = [
    [
      'building',
      say(invitation?.bindsAccount === true ? 'what.account.invited' : 'what.account', { host }),
    ],
    invited === undefined
      ? ['document', say('what.choose', { count: offers.length })]
      : ['document', say('what.invited', { name: text(invited.name) })],
    ...(invitation?.email === undefined
      ? []
      : [['info', say('what.invitedEmail', { email: invitation.email })] as const]),
    ['key', say(offers.some(usesTokens) ? 'what.key.choice' : 'what.key')],
    ...(offers.some(namesDevice)
      ? [['info', say('what.deviceName', { name: deviceName, host })] as const]
      : []),
    ...installPromises(offers, installTargets).map(
      (promise) =>
        [
          isNetworkTarget(promise) ? 'wifi' : 'folder',
          say(`what.install.${promise}`, { networks: networkList(offers, promise, words) }),
        ] as const,
    ),
    ...trials(offers, installTargets).map(
      (trial) => ['external', say(trial.id, { host: trial.host })] as const,
    ),
  ];
  return (
    <Card>
      <h2>{say('what.title')}</h2>
      <ul className="what-happens">
        {steps.map(([icon, step]) => (
          <li key={step}>
            <Icon name={icon} />
            <span className="breakable">{step}</span>
          </li>
        ))}
      </ul>
      <p className="quiet">{say('what.notYet')}</p>
    </Card>
  );
}

/** Whether an order of this offer tells the organisation what this computer is called. */
export function namesDevice({ identifiers, subject, subjectAltName }: CredentialOffer): boolean {
  const templates = [
    ...identifiers.map(({ value }) => value),
    subject?.commonName ?? '',
    subjectAltName?.userPrincipalName ?? '',
  ];
  return templates.some((template) => template.includes('{device.name}'));
}

type InstallPromise = InstallTargetId | `no.${ProfileInstallTarget}`;

/** What will become of every wish of the offers on this computer, each once, in their order. */
export function installPromises(
  offers: readonly CredentialOffer[],
  onThisComputer: readonly InstallTargetId[],
): readonly InstallPromise[] {
  const wishes = offers.flatMap(({ install }) => install.map(({ target }) => target));
  const promises = wishes.flatMap((wish): readonly InstallPromise[] => {
    const used = usedFor(wish, onThisComputer);
    return used.length === 0 ? [`no.${wish}`] : used;
  });
  return [...new Set(promises)];
}

function usedFor(wish: ProfileInstallTarget, onThisComputer: readonly InstallTargetId[]) {
  return targetsServing[wish].filter((target) => onThisComputer.includes(target));
}

function isNetworkTarget(promise: InstallPromise): boolean {
  return targetsServing['eap-tls'].some((target) => target === promise);
}

/** The networks of the offers by name, each once, as far as the target leads to them: iwd knows Wi-Fi only. */
function networkList(
  offers: readonly CredentialOffer[],
  promise: InstallPromise,
  { say, list }: Words,
): string {
  const wishes = networksIn(offers);
  const isWired = wishes.some(({ wired }) => wired) && promise !== 'iwd';
  const names = new Set(wishes.flatMap(({ ssids }) => ssids));
  return list(
    [
      ...[...names].map((name) => say('what.network.wifi', { name })),
      ...(isWired ? [say('what.network.wired')] : []),
    ],
    'and',
  );
}

const networksIn = (offers: readonly CredentialOffer[]) =>
  offers.flatMap(({ install }) => install.filter((wish) => wish.target === 'eap-tls'));

/** Where a new credential is tried out once it is installed. */
export interface Trial {
  readonly id: 'what.probe' | 'what.probe.radius' | 'what.probe.network';
  /** Empty for the network itself. */
  readonly host: string;
}

/** Each once: pages, then test servers of networks, then the networks themselves. */
export function trials(
  offers: readonly CredentialOffer[],
  onThisComputer: readonly InstallTargetId[],
): readonly Trial[] {
  const probesOf = (wanted: (target: ProfileInstallTarget) => boolean) =>
    offers.flatMap(({ install, probe }) =>
      probe !== undefined &&
      install.some(({ target }) => wanted(target) && usedFor(target, onThisComputer).length > 0)
        ? [probe]
        : [],
    );
  const forPages = probesOf((target) => target !== 'eap-tls');
  const forNetworks = probesOf((target) => target === 'eap-tls');
  const pages = forPages.flatMap(({ url }) => (url === undefined ? [] : [hostOf(url)]));
  const servers = forNetworks.flatMap(({ radius }) => (radius ? [radius.host] : []));
  return [
    ...[...new Set(pages)].map((host) => ({ id: 'what.probe', host }) as const),
    ...[...new Set(servers)].map((host) => ({ id: 'what.probe.radius', host }) as const),
    ...(forNetworks.some(({ network }) => network === true)
      ? [{ id: 'what.probe.network', host: '' } as const]
      : []),
  ];
}
