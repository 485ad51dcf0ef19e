import type {
  CredentialOffer,
  ProfileInstallTarget,
} from '../../shared/models/enrollment-profile.ts';
import type { OrganizationPreview } from '../../shared/models/organization.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';

/** What will be done, and where things will be put, before anything is done. */
export function WhatHappens({ preview }: { readonly preview: OrganizationPreview }) {
  const { say, text } = useWords();
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
    ['key', say('what.key')],
    ...targetsOf(offers).map((target) => ['folder', say(`what.install.${target}`)] as const),
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

/** Every place that the offers name, once, in their order. */
export function targetsOf(offers: readonly CredentialOffer[]): readonly ProfileInstallTarget[] {
  return [...new Set(offers.flatMap(({ install }) => install.map(({ target }) => target)))];
}
