import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';

const enroll = ['enroll', '--organization', 'a', '--offer', 'b'];
const fingerprint = 'ab'.repeat(32);

describe('a command line', () => {
  it.each([
    [['--help'], { name: 'help' }],
    [['enroll', '--help'], { name: 'help' }],
    [['--version'], { name: 'version' }],
    [['tokens'], { name: 'tokens', json: false, watch: false }],
    [
      ['tokens', '--json', '--watch', '--module', '/m.so', '--user-data-dir=/w'],
      { name: 'tokens', json: true, watch: true, module: '/m.so', directory: '/w' },
    ],
    [
      ['join', 'x.enroll'],
      { name: 'join', json: false, from: 'x.enroll', replaceInvitation: false },
    ],
    [
      [
        'join',
        '-',
        '--fingerprint',
        fingerprint.toUpperCase().replaceAll(/(..)/g, '$1:').slice(0, -1),
      ],
      { name: 'join', json: false, from: '-', fingerprint, replaceInvitation: false },
    ],
    [
      [
        ...enroll,
        '--token',
        'card',
        '--key',
        'AB01',
        '--pin-fd',
        '3',
        '--otp-fd=0',
        '--install',
        'none',
      ],
      {
        ...{
          name: 'enroll',
          json: false,
          pinFd: 3,
          otpFd: 0,
          installs: false,
          acceptFinalTry: false,
        },
        wish: { organizationId: 'a', offerId: 'b', token: 'card', keyId: 'ab01' },
      },
    ],
    [
      [...enroll, '--install', 'nss,firefox', '--install', 'iwd'],
      {
        ...{ name: 'enroll', json: false, acceptFinalTry: false },
        installs: ['nss', 'firefox', 'iwd'],
        wish: { organizationId: 'a', offerId: 'b' },
      },
    ],
    [
      ['export', '--credential', 'a', '--out', 'b', '--format', 'pkcs7'],
      {
        ...{ name: 'export', json: false, credentialId: 'a', out: 'b' },
        ...{ format: 'pkcs7', legacy: false },
      },
    ],
    [
      [...enroll, '--key-type', 'RSA-2048', '--email', 'a@b', '--accept-final-try'],
      {
        ...{ name: 'enroll', json: false, installs: true, acceptFinalTry: true },
        wish: { organizationId: 'a', offerId: 'b', keyType: 'RSA-2048', email: 'a@b' },
      },
    ],
    [
      ['enroll', '--resume', 'c'],
      { name: 'enroll', json: false, installs: true, acceptFinalTry: false, wish: { resume: 'c' } },
    ],
    [
      ['renew', '--due', '--otp-fd', '0', '--proof', 'hotp-01'],
      {
        ...{ name: 'renew', json: false, which: 'due', otpFd: 0, proof: 'hotp-01' },
        ...{ installs: true, acceptFinalTry: false },
      },
    ],
    [['credentials', '--json'], { name: 'credentials', json: true }],
  ])('%j is understood', (words, command) => {
    expect(readCommandLine(words)).toEqual(command);
  });

  it.each<[readonly string[]]>([
    [[]],
    [['']],
    [['constructor']],
    [['__proto__']],
    [['--version', 'x']],
    [['tokens', 'hunter2']],
    [['tokens', '--hunter2']],
    [['tokens', '--module']],
    [['tokens', '--module', '']],
    [['tokens', '--module', 'hunter2\0.so']],
    [['tokens', '--user-data-dir', 'hunter2'.repeat(2000)]],
    [['join']],
    [['join', '']],
    [['join', 'hunter2', 'other']],
    [['join', 'x', '--fingerprint', 'hunter2']],
    [['join', 'x', '--fingerprint', fingerprint.slice(2)]],
    [['join', 'x', '--fingerprint', `${fingerprint}00`]],
    [['join', 'x', '--trust', 'hunter2']],
    [['enroll']],
    [['enroll', '--organization', 'a']],
    [['enroll', '--offer', 'a']],
    [[...enroll, '--pin', 'hunter2']],
    [[...enroll, '--pin=hunter2']],
    [[...enroll, '--otp', 'hunter2']],
    [[...enroll, 'hunter2']],
    [[...enroll, '--pin-fd', 'hunter2']],
    [[...enroll, '--pin-fd', '-1']],
    [[...enroll, '--pin-fd', '1']],
    [[...enroll, '--pin-fd', '2']],
    [[...enroll, '--pin-fd', '3.5']],
    [[...enroll, '--pin-fd', '0x3']],
    [[...enroll, '--pin-fd', '99999']],
    [[...enroll, '--pin-fd', '3', '--otp-fd', '3']],
    [[...enroll, '--key-type', 'hunter2']],
    [[...enroll, '--key', 'ab']],
    [[...enroll, '--token', 'software', '--key', 'ab']],
    [[...enroll, '--token', 'card', '--key', 'hunter2']],
    [[...enroll, '--token', 'card', '--key', 'abc']],
    [[...enroll, '--token', 'card', '--key', 'ab'.repeat(65)]],
    [[...enroll, '--token', 'card', '--replace-certificate', fingerprint]],
    [[...enroll, '--token', 'card', '--key', 'ab', '--replace-certificate', 'hunter2']],
    [['enroll', '--resume', 'a', '--replace-certificate', fingerprint]],
    [[...enroll, '--token', '']],
    [[...enroll, '--install', 'hunter2']],
    [[...enroll, '--install', 'nss,hunter2']],
    [[...enroll, '--install', 'nss,none']],
    [[...enroll, '--install', '']],
    [[...enroll, '--install', 'file']],
    [['export', '--credential', 'hunter2']],
    [['export', '--credential', 'a', '--out', 'b', '--format', 'hunter2']],
    [['export', '--credential', 'a', '--out', 'b', '--format', 'pkcs12']],
    [['export', '--credential', 'a', '--out', 'b', '--format', 'pem', '--passphrase-fd', '3']],
    [['export', '--credential', 'a', '--out', 'b', '--format', 'pem', '--legacy']],
    [['export', '--credential', 'a', '--out', '', '--format', 'pem']],
    [[...enroll, '--proof', 'hunter2']],
    [['enroll', '--resume', 'a', '--offer', 'hunter2']],
    [['enroll', '--resume', 'a', '--install', 'none']],
    [['credentials', 'hunter2']],
  ])('%j is refused, and nothing of it repeated', (words) => {
    const refusal = (): unknown => readCommandLine(words);
    expect(refusal).toThrow(expect.objectContaining({ code: 'command', outcome: 'usage' }));
    expect(refusal).not.toThrow(/hunter2/);
  });

  it.each(['0000', 'hunter2', `${fingerprint}00`])(
    'says how long a fingerprint is when it is %j',
    (value) => {
      const words = ['join', 'x', '--fingerprint', value];
      expect(() => readCommandLine(words)).toThrow(/--fingerprint is 64 hex digits/);
    },
  );
});
