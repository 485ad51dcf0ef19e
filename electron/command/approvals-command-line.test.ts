import { describe, expect, it } from 'vitest';
import { CommandError } from './command-error.ts';
import { readCommandLine } from './command-line.ts';

const url = 'https://ca.example/acme/approval/evOGpD-hFJRzLaVqzqyTWA';
const digest = 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU';
const read = (...words: string[]) => readCommandLine(['approvals', ...words]);
const actOf = (...words: string[]) => {
  const command = read(...words);
  return command.name === 'approvals' ? command.act : undefined;
};

describe('countersign approvals', () => {
  it('lists, by organisation and state', () => {
    expect(actOf('list')).toEqual({ act: 'list', statuses: [] });
    expect(
      actOf('list', '--organization', 'a', '--status', 'pending,approved', '--status', 'spent'),
    ).toEqual({ act: 'list', organizationId: 'a', statuses: ['pending', 'approved', 'spent'] });
    expect(actOf('standing', 'list')).toEqual({ act: 'standing-list', statuses: [] });
  });

  it('approves by a digest, and with what', () => {
    const fingerprint =
      'A0:A2:32:C2:F1:94:A5:35:53:CB:13:10:DD:BC:08:21:E4:14:B9:D7:EB:FC:29:0B:32:30:84:D7:D1:02:0F:E5';
    expect(
      actOf('approve', url, '--digest', digest, '--certificate', fingerprint, '--pin-fd', '3'),
    ).toEqual({
      ...{ act: 'approve', request: url, digest, pinFd: 3, acceptFinalTry: false },
      certificate: fingerprint.replaceAll(':', '').toLowerCase(),
    });
  });

  it('proposes what may be had until when', () => {
    const words = ['--organization', 'a', '--domain', 'corp.example', '--for', 'build'];
    const rest = ['--profile', 'one-time-code-signing', '--count', '10', '--reason', 'Nightly'];
    expect(actOf('standing', 'propose', ...words, ...rest, '--until', '2026-12-24')).toEqual({
      ...{ act: 'propose', organizationId: 'a', domain: 'corp.example', count: 10 },
      ...{ requester: { service: 'build' }, profile: 'one-time-code-signing', reason: 'Nightly' },
      until: '2026-12-24T00:00:00Z',
    });
  });

  it('verifies a file against roots', () => {
    expect(actOf('verify-receipt', 'a.p7s', '--root', 'r.pem', '--root', 's.pem')).toEqual({
      ...{ act: 'verify-receipt', file: 'a.p7s', roots: ['r.pem', 's.pem'] },
    });
  });

  it.each([
    [],
    ['approve'],
    ['approve', url, url],
    ['approve', url, '--digest', digest.slice(0, 8)],
    ['approve', url, '--certificate', 'a', '--key', 'b'],
    ['approve', url, '--reason', 'why'],
    ['approve', url, '--pin-fd', '1'],
    ['decline', url],
    ['decline', url, '--reason', 'a'.repeat(401)],
    ['decline', url, '--reason', 'two\nlines'],
    ['decline', url, '--reason', '  '],
    ['ask', url],
    ['list', url],
    ['list', '--status', 'open'],
    ['save', 'receipt'],
    ['standing'],
    ['standing', 'approve', url],
    ['constructor'],
    ['standing', 'propose', '--organization', 'a', '--count', '1001'],
    ['log', '--reason', 'why'],
    ['verify-receipt'],
  ])('does not take %j', (...words) => {
    expect(() => read(...words)).toThrow(CommandError);
  });
});
