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
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';

/** What will be done, and where things will be put, before anything is done. */
export function WhatHappens({ preview }: { readonly preview: OrganizationPreview }) {
  const { say, text } = useWords();
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
      (promise) => ['folder', say(`what.install.${promise}`)] as const,
    ),
    ...probeHosts(offers, installTargets).map(
      (probed) => ['external', say('what.probe', { host: probed })] as const,
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

/** The servers that are shown a new credential as soon as it is installed, each once. */
export function probeHosts(
  offers: readonly CredentialOffer[],
  onThisComputer: readonly InstallTargetId[],
): readonly string[] {
  const probed = offers.filter(({ install }) =>
    install.some(({ target }) =>
      targetsServing[target].some((each) => onThisComputer.includes(each)),
    ),
  );
  return [
    ...new Set(
      probed.flatMap(({ probe }) => (probe?.url === undefined ? [] : [hostOf(probe.url)])),
    ),
  ];
}

type InstallPromise = InstallTargetId | `no.${ProfileInstallTarget}`;

/** What will become of every wish of the offers on this computer, each once, in their order. */
export function installPromises(
  offers: readonly CredentialOffer[],
  onThisComputer: readonly InstallTargetId[],
): readonly InstallPromise[] {
  const wishes = offers.flatMap(({ install }) => install.map(({ target }) => target));
  const promises = wishes.flatMap((wish): readonly InstallPromise[] => {
    const used = targetsServing[wish].filter((target) => onThisComputer.includes(target));
    return used.length === 0 ? [`no.${wish}`] : used;
  });
  return [...new Set(promises)];
}
