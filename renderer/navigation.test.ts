import { describe, expect, it } from 'vitest';
import type { EnrollmentState } from '../shared/enrollment-state.ts';
import type { InitialState } from '../shared/models/wallet.ts';
import { scene, unused } from './gallery/scene.ts';
import { isUnused, screenKey, screenOf, type Place } from './navigation.ts';
import { receipt, summary } from './testing/approvals.ts';
import { authorization, proving, underway } from './testing/enrollments.ts';
import { northlight, previewOf } from './testing/organizations.ts';

const home: Place = { at: 'home' };
const enrolling: Place = { at: 'enrollment', enrollmentId: 'e-1' };
const choosing: Place = { at: 'choose', organizationId: northlight.id };
const locked = {
  secretStore: {
    status: 'unavailable',
    failure: { code: 'secret-store', reason: 'locked' },
  },
} as const;

const screenName = (state: InitialState, place: Place): string => screenOf(state, place).name;
const enrolled = (enrollment: EnrollmentState): InitialState =>
  scene({ enrollments: [enrollment] }).state;

describe('which screen is shown', () => {
  it('is the welcome until something is there, and home from then on', () => {
    expect(screenName(scene({ wallet: unused }).state, home)).toBe('welcome');
    expect(screenName(scene({}).state, home)).toBe('home');
    expect(screenName(scene({}).state, { at: 'welcome' })).toBe('welcome');
  });

  it('is the organisation while an invitation is open, wherever the person was', () => {
    const preview = { status: 'ready', preview: previewOf(northlight) } as const;
    const { state } = scene({ wallet: { preview }, enrollments: [proving([authorization()])] });
    for (const place of [home, enrolling, choosing] as const)
      expect(screenName(state, place)).toBe('organization');
  });

  it('is an organisation that was joined, and home once it was left', () => {
    const place: Place = { at: 'organization', organizationId: northlight.id };
    expect(screenName(scene({}).state, place)).toBe('joined');
    expect(screenName(scene({ wallet: { organizations: [] } }).state, place)).toBe('home');
  });

  it('is a request for approval, a receipt or a proposal where the person went, and another one for another request', () => {
    const { organizationId, approvalId } = summary();
    const places: readonly Place[] = [
      { at: 'approvals' },
      { at: 'approval', organizationId, approvalId },
      { at: 'approval', organizationId, approvalId: `${approvalId}-2` },
      { at: 'receipt', receipt: receipt() },
      { at: 'propose' },
    ];
    const screens = places.map((place) => screenOf(scene({}).state, place));
    const names = ['approvals', 'approval', 'approval', 'receipt', 'propose'];
    expect(screens.map(({ name }) => name)).toEqual(names);
    expect(new Set(screens.map(screenKey)).size).toBe(places.length);
  });

  it('follows an enrolment from step to step', () => {
    const names = [
      proving([authorization()]),
      underway.working('key'),
      underway.interrupted('issue'),
      underway.failed('issue', { code: 'internal' }),
      underway.cancelled(),
      underway.installing('installing', []),
      underway.installing('done', []),
    ].map((enrollment) => screenName(enrolled(enrollment), enrolling));
    expect(names).toEqual([
      'prove',
      'progress',
      'progress',
      'progress',
      'progress',
      'install',
      'install',
    ]);
  });

  it('is progress for an enrolment that main has not mentioned yet', () => {
    expect(screenOf(scene({}).state, enrolling)).toEqual({ name: 'progress', enrollment: null });
  });

  it('is that of the tokens for everybody who went there, also before anything else was done', () => {
    for (const state of [scene({}).state, scene({ wallet: unused }).state])
      expect(screenName(state, { at: 'tokens' })).toBe('tokens');
  });

  it('is home for a credential or an organisation that is gone', () => {
    const { state } = scene({});
    expect(screenName(state, { at: 'credential', credentialId: 'gone' })).toBe('home');
    expect(screenName(state, { at: 'choose', organizationId: 'gone' })).toBe('home');
    expect(screenName(state, { at: 'credential', credentialId: 'c-wifi' })).toBe('credential');
  });

  it('is the secret store’s where nothing can be done without it, and nowhere else', () => {
    expect(screenName(scene({ wallet: { ...unused, ...locked } }).state, home)).toBe(
      'secret-store',
    );
    const { state } = scene({ wallet: locked });
    expect(screenName(state, choosing)).toBe('secret-store');
    expect(screenName(state, home)).toBe('home');
  });

  it('hands the invitation on to the choice', () => {
    const invitation = { bindsAccount: true, offerId: 'wifi' };
    expect(screenOf(scene({}).state, { ...choosing, invitation })).toEqual({
      name: 'choose',
      organization: northlight,
      invitation,
    });
  });
});

describe('a screen’s key', () => {
  it('stays while the same screen changes, and changes with the screen', () => {
    const key = (enrollment: EnrollmentState): string =>
      screenKey(screenOf(enrolled(enrollment), enrolling));
    expect(key(underway.working('key'))).toBe(key(underway.working('order')));
    expect(key(proving([authorization()]))).toBe(key(proving([], { sending: true })));
    expect(key(proving([authorization()]))).not.toBe(key(underway.working('issue')));
  });

  it('differs for each of the screens', () => {
    const keys = (['home', 'welcome'] as const).map((at) =>
      screenKey(screenOf(scene({}).state, { at })),
    );
    expect(new Set(keys).size).toBe(2);
    expect(isUnused(scene({ wallet: unused }).state)).toBe(true);
  });
});
