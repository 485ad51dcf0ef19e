import { describe, expect, it } from 'vitest';
import type { OwnConnection, WirelessConnection } from './network-manager-connections.ts';
import { priorityOf } from './network-manager-priorities.ts';

const home = { uuid: 'home', ssid: 'Home', priority: 0 };
const none = { before: [], own: [], wireless: [] };
const wanted = {
  ...{ uuid: 'new', rootsFile: '/home/alex/.cert/countersign/b/network-manager/roots-1.pem' },
  medium: { kind: 'wifi', ssid: 'Home' } as const,
};
const wired = { ...wanted, medium: { kind: 'ethernet' } as const };
const another = (difference: Partial<OwnConnection> = {}): OwnConnection => ({
  ...{ uuid: 'old', type: '802-11-wireless', ssid: 'Home', priority: 0 },
  ...{ certificate: '', privateKey: '' },
  rootsFile: '/home/alex/.cert/countersign/a/network-manager/roots-1.pem',
  ...difference,
});
const otherRoots = { rootsFile: '/home/alex/.cert/countersign/a/network-manager/roots-2.pem' };
const seen = (...own: readonly OwnConnection[]) => ({
  ...{ before: [], own },
  wireless: own.filter(({ type }) => type === '802-11-wireless') as WirelessConnection[],
});

describe('which connection NetworkManager takes first', () => {
  it('is a matter of its own for a network that nobody else has', () => {
    expect(priorityOf(wanted, none)).toBe(0);
    expect(priorityOf(wired, none)).toBe(0);
    const next = { ...home, ssid: 'home' };
    expect(priorityOf(wanted, { ...none, wireless: [next] })).toBe(0);
    expect(priorityOf(wired, { ...none, wireless: [home] })).toBe(0);
  });

  it('is the person’s own where an organisation calls its network like it', () => {
    expect(priorityOf(wanted, { ...none, wireless: [home] })).toBe(-10);
    const behind = { ...home, uuid: 'two', priority: -50 };
    expect(priorityOf(wanted, { ...none, wireless: [home, behind] })).toBe(-60);
    const last = { ...home, priority: -999 };
    expect(priorityOf(wanted, { ...none, wireless: [last] })).toBe(-999);
  });

  it('is the newer of two for the same network, and never one that is called alike', () => {
    expect(priorityOf(wanted, seen(another()))).toBe(1);
    expect(priorityOf(wanted, seen(another(otherRoots)))).toBe(-10);
    const { own, wireless } = seen(another({ priority: -10 }));
    expect(priorityOf(wanted, { before: [], own, wireless: [...wireless, home] })).toBe(-9);
    const full = seen(another({ priority: -1 }));
    expect(priorityOf(wanted, { ...full, wireless: [...full.wireless, home] })).toBe(-1);
    const socket = another({ type: '802-3-ethernet', ssid: '' });
    expect(priorityOf(wired, seen(socket))).toBe(1);
    expect(priorityOf(wired, seen({ ...socket, ...otherRoots }))).toBe(-10);
  });

  it('stays as it is when a credential is put there once more', () => {
    const before = [another({ uuid: 'new', priority: 7 })];
    expect(priorityOf(wanted, { before, own: before, wireless: [home] })).toBe(7);
    const described = seen(another(otherRoots));
    expect(priorityOf(wanted, { ...described, before: described.own })).toBe(0);
  });
});
