import type { OrganizationPreview } from '../../shared/models/organization.ts';
import {
  codeSigning,
  deviceWifi,
  longNamed,
  networkUse,
  northlight,
  previewOf,
  wifi,
} from '../testing/organizations.ts';
import { problem } from '../testing/failures.ts';
import { never, refusal, scene, unused, type Scene } from './scene.ts';

const shown = (preview: OrganizationPreview): Scene =>
  scene({ wallet: { ...unused, preview: { status: 'ready', preview } } });
const choosing = { at: 'choose', organizationId: 'northlight' } as const;
const releasing = {
  ...northlight,
  offers: [{ ...codeSigning, key: { ...codeSigning.key, places: ['software' as const] } }],
};

/** From the first look to the start of an enrolment. */
export const arriving: Readonly<Record<string, Scene>> = {
  welcome: scene({ wallet: unused }),
  'welcome-local-ca': scene({ wallet: { ...unused, localCaOffered: true } }),
  'welcome-another': scene({ start: { at: 'welcome' } }),
  'welcome-link-missing': scene({ wallet: unused, acts: [{ press: 'action.continue' }] }),
  'welcome-opening': scene({
    wallet: unused,
    replies: { organization: { openLink: never } },
    acts: [
      { fill: 'welcome.link.label', text: 'countersign://join?from=https://northlight.example/' },
      { press: 'action.continue' },
    ],
  }),
  'welcome-link-refused': scene({
    wallet: { ...unused, localCaOffered: true },
    replies: {
      organization: { openLink: refusal({ code: 'invitation', reason: 'not-an-invitation' }) },
    },
    acts: [{ fill: 'welcome.link.label', text: 'https://' }, { press: 'action.continue' }],
  }),
  'welcome-drag': scene({ wallet: unused, acts: [{ drag: 'over' }] }),
  'secret-store-absent': scene({
    wallet: {
      ...unused,
      secretStore: {
        status: 'unavailable',
        failure: { code: 'secret-store', reason: 'absent' },
      },
    },
  }),
  'secret-store-locked-choose': scene({
    start: choosing,
    wallet: {
      secretStore: {
        status: 'unavailable',
        failure: { code: 'secret-store', reason: 'locked' },
      },
    },
  }),
  'organization-asking-link': scene({
    wallet: {
      ...unused,
      preview: { status: 'asking', kind: 'link', from: 'northlight.example:8443' },
    },
  }),
  'organization-asking-file': scene({
    wallet: { preview: { status: 'asking', kind: 'file', from: 'northlight.enroll' } },
  }),
  'organization-loading': scene({
    wallet: { ...unused, preview: { status: 'loading', host: 'northlight.example' } },
  }),
  'organization-failed': scene({
    wallet: {
      ...unused,
      preview: {
        status: 'failed',
        failure: {
          code: 'profile',
          reason: 'expired',
          organization: northlight.name,
          ...(northlight.helpdesk === undefined ? {} : { helpdesk: northlight.helpdesk }),
        },
      },
    },
  }),
  'organization-unreachable': scene({
    wallet: {
      ...unused,
      preview: {
        status: 'failed',
        failure: { code: 'network', reason: 'tls-untrusted', host: 'northlight.example' },
      },
    },
  }),
  'organization-domain': shown(previewOf(northlight)),
  'organization-end': scene({
    wallet: { preview: { status: 'ready', preview: previewOf(northlight) } },
    acts: [{ open: 'details' }, { scroll: 'end' }],
  }),
  'organization-probe': scene({
    wallet: {
      ...unused,
      installTargets: ['nss', 'network-manager'],
      preview: {
        status: 'ready',
        preview: previewOf(
          { ...northlight, offers: [{ ...deviceWifi, ...networkUse }] },
          { invitation: { bindsAccount: true, offerId: 'device' } },
        ),
      },
    },
    acts: [{ scroll: 'end' }],
  }),
  'organization-compare': shown(previewOf(northlight, { vouchedBy: null })),
  'organization-compare-refused': scene({
    wallet: {
      ...unused,
      preview: { status: 'ready', preview: previewOf(northlight, { vouchedBy: null }) },
    },
    replies: {
      organization: { accept: refusal({ code: 'profile', reason: 'signer-changed' }) },
    },
    acts: [{ press: 'organization.wordsMatch' }, { scroll: 'end' }],
  }),
  'organization-replaces': scene({
    wallet: {
      preview: {
        status: 'ready',
        preview: previewOf(northlight, {
          vouchedBy: { by: 'comparison' },
          alreadyJoined: true,
          replacesInvitation: true,
          invitation: { bindsAccount: true, email: 'alex@northlight.example' },
        }),
      },
    },
    acts: [{ scroll: 'end' }],
  }),
  'organization-policy': shown(
    previewOf(longNamed, {
      vouchedBy: { by: 'managed-policy', source: '/etc/countersign/policy.json' },
      invitation: { bindsAccount: false },
    }),
  ),
  'organization-local-ca': shown(
    previewOf(
      { ...northlight, directoryUrl: 'https://localhost:14000/directory' },
      { vouchedBy: { by: 'local-ca' }, alreadyJoined: true },
    ),
  ),
  choose: scene({ start: choosing }),
  'choose-invited': scene({
    start: { ...choosing, invitation: { bindsAccount: true } },
    wallet: {
      organizations: [{ ...northlight, offers: [wifi], invitedEmail: 'alex@northlight.example' }],
    },
  }),
  'choose-caa': scene({ start: choosing, wallet: { organizations: [releasing] } }),
  'choose-email-wrong': scene({
    start: choosing,
    acts: [
      { fill: 'choose.email.label', text: 'alex' },
      { press: 'choose.start' },
      { open: 'details' },
      { scroll: 'end' },
    ],
  }),
  'choose-refused': scene({
    start: { ...choosing, invitation: { bindsAccount: true } },
    wallet: {
      organizations: [{ ...northlight, offers: [wifi], invitedEmail: 'alex@northlight.example' }],
    },
    replies: {
      enrollment: {
        start: refusal(
          problem('externalAccountRequired', 'An external account binding is required.'),
        ),
      },
    },
    acts: [{ press: 'choose.start' }],
  }),
};
