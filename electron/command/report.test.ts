import { describe, expect, it } from 'vitest';
import english from '../../resources/translations/en.json' with { type: 'json' };
import {
  authenticatorFaults,
  caaFaults,
  candidateFaults,
  certificateFaults,
  challengeFaults,
  installFaults,
  invitationFaults,
  moduleFaults,
  networkFaults,
  passkeyFaults,
  profileFaults,
  proofLinks,
  secretStoreFaults,
  tokenFaults,
  walletStorageFaults,
  type Failure,
  type ProblemDocument,
} from '../../shared/failure.ts';
import { networkFileFaults } from '../../shared/models/network.ts';
import { documentFaults, timestampFaults } from '../../shared/models/signing.ts';
import { tokenFindings, type ModuleView, type TokenView } from '../../shared/models/token.ts';
import { compatibilityOf } from '../keys/compatibility.ts';
import { withFindings } from '../keys/token-findings.ts';
import { Output } from './output.ts';
import { everyFailure } from '../testing/every-failure.ts';
import { checkSentence, failureSentence, findingSentence, say } from './sentences.ts';
import { tokensJson, tokensLines, type TokensReport } from './tokens-report.ts';

const zone = { domain: 'www.a.example', at: 'a.example', issuer: 'ca.example' };

const problem = (kind: string, rest: Partial<ProblemDocument> = {}) =>
  ({
    code: 'acme-problem',
    problem: {
      ...{ type: `urn:ietf:params:acme:error:${kind}`, detail: 'No.', status: 403 },
      ...{ subproblems: [], ...rest },
    },
  }) as const;

const failures: readonly Failure[] = [
  ...tokenFaults.map(
    (reason) => ({ code: 'token', reason, module: 'OpenSC', token: 'card' }) as const,
  ),
  ...tokenFaults.map((reason) => ({ code: 'token', reason, module: 'OpenSC' }) as const),
  ...moduleFaults.map((reason) => ({ code: 'token-module', reason, path: '/lib/m.so' }) as const),
  ...networkFaults.map((reason) => ({ code: 'network', reason, host: 'ca.example' }) as const),
  ...secretStoreFaults.map((reason) => ({ code: 'secret-store', reason }) as const),
  ...walletStorageFaults.map((reason) => ({ code: 'wallet-storage', reason }) as const),
  ...invitationFaults.map((reason) => ({ code: 'invitation', reason }) as const),
  ...profileFaults.map((reason) => ({ code: 'profile', reason }) as const),
  ...certificateFaults.map((reason) => ({ code: 'certificate', reason }) as const),
  ...installFaults.map((reason) => ({ code: 'install', target: 'nss', reason }) as const),
  ...proofLinks.map(
    (link) => ({ code: 'install', target: 'nss', reason: 'proof-failed', link }) as const,
  ),
  ...caaFaults.map((reason) => ({ code: 'caa', reason, ...zone }) as const),
  ...authenticatorFaults.map((reason) => ({ code: 'authenticator', reason }) as const),
  ...candidateFaults.map((reason) => ({ code: 'candidate', reason }) as const),
  ...challengeFaults.map(
    (reason) => ({ code: 'unsafe-challenge', reason, type: 'webauthn-01' }) as const,
  ),
  ...passkeyFaults.map((reason) => ({ code: 'passkey', reason }) as const),
  ...networkFileFaults.map((reason) => ({ code: 'network-file', reason }) as const),
  ...documentFaults.map((reason) => ({ code: 'document', reason }) as const),
  ...timestampFaults.map(
    (reason) => ({ code: 'timestamp', reason, host: 'time.example' }) as const,
  ),
  ...everyFailure(),
  ...[
    ...Object.keys(english).flatMap((id) => /^failure\.acme-problem\.(\w+)/.exec(id)?.[1] ?? []),
    'constructor',
    '{attempts}',
  ].map((kind) => problem(kind)),
];

const token: TokenView = {
  ...{ tokenId: 'opaque', label: 'card', manufacturer: 'Maker', model: 'M1', serial: '01' },
  ...{ kind: 'token', isHardware: true, isInitialized: true, isWritable: true, login: 'pin' },
  ...{ pin: 'ok', puk: 'ok', pinLength: { min: 4, max: 8 }, makes: ['P-256'], signs: ['P-256'] },
  keys: [
    ...(['credential', 'foreign'] as const).map((owner, index) => ({
      ...{ keyId: `0${index}`, label: 'key', type: 'P-256' as const, algorithm: 'P-256', owner },
      alwaysAuthenticate: false,
    })),
  ],
  certificates: [
    {
      ...{ keyId: '00', label: 'c', subject: 'CN=Alex', issuer: 'CN=CA' },
      ...{ notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-12-01T12:00:00Z' },
      ...{ fingerprint: 'ab'.repeat(32), isSelfSigned: false },
    },
  ],
  unread: 0,
  findings: [],
};

function reportOf(changes: Partial<TokenView> = {}, wallet: TokensReport['wallet'] = 'open') {
  const shown = { ...token, ...changes };
  const module: ModuleView = {
    ...{ moduleId: 'm', path: '/lib/m.so', name: 'OpenSC', foundBy: 'p11-kit', status: 'ready' },
    readers: [{ readerId: 'r', name: 'Reader', token: shown }],
  };
  const compatibility = compatibilityOf(shown, { types: ['P-384'], places: ['token'] });
  const offer = { organization: 'o', offer: 'wifi', name: 'Wi-Fi', compatibility };
  const at = new Date('2026-11-22T12:00:00Z');
  const offersOf = wallet === 'open' ? () => [offer] : () => [];
  return { at, wallet, modules: withFindings([module]), offersOf } satisfies TokensReport;
}

describe('sentences', () => {
  it.each(failures)('tell %j in words that leave no place open', (failure) => {
    const sentence = failureSentence(failure);
    expect(sentence.length).toBeGreaterThan(20);
    expect(sentence).not.toMatch(/[{}]|undefined|select,/);
    expect(sentence).toMatch(/[.)]$/);
  });

  it('name the token, the module and the host that they are about', () => {
    const about = { code: 'token', reason: 'pin-locked', module: 'OpenSC', token: 'card' } as const;
    expect(failureSentence(about)).toContain('“card”');
    expect(failureSentence({ code: 'token-module', reason: 'missing', path: '/a/b.so' })).toContain(
      '“b.so”',
    );
  });

  it('say how many tries a code has left, and when a CA looks at the next', () => {
    const left = (attemptsRemaining: number) =>
      failureSentence(problem('incorrectResponse', { attemptsRemaining }));
    expect(left(2)).toContain('2 tries left');
    expect(left(1)).toContain('one try left');
    expect(left(0)).toContain('it was the last try');
    const retryAt = '2026-11-22T12:00:00.000Z';
    expect(failureSentence(problem('rateLimited', { retryAt }))).toContain(retryAt);
  });

  it('have the record that would let the CA issue', () => {
    const record = { name: 'a.example', tag: 'issue', value: 'ca.example' } as const;
    const failure = { code: 'caa', reason: 'issuer', ...zone, record } as const;
    expect(failureSentence(failure)).toContain('a.example. CAA 0 issue "ca.example"');
  });

  it('ask for PINs and codes by descriptors', () => {
    const about = { code: 'token', reason: 'pin-needed', module: 'OpenSC' } as const;
    expect(failureSentence(about)).toContain('--pin-fd');
    for (const attemptsRemaining of [0, 1, 2, undefined]) {
      const left = attemptsRemaining === undefined ? {} : { attemptsRemaining };
      expect(failureSentence(problem('incorrectResponse', left))).not.toMatch(/app|[Tt]ype/);
    }
  });

  it('send nobody to a page that a terminal has not', () => {
    const onPages = Object.entries(english).filter(
      ([id, text]) =>
        /^(?:failure|check|finding)\./.test(id) && /“Tokens”|overview|paste|below/.test(text),
    );
    expect(onPages.length).toBeGreaterThan(8);
    for (const [id, text] of onPages) expect(say(id)).not.toBe(text);
    for (const failure of failures) expect(failureSentence(failure)).not.toContain('“Tokens”');
  });

  it('call a token without a label no “”', () => {
    for (const reason of tokenFaults) {
      const sentence = failureSentence({ code: 'token', reason, module: 'OpenSC', token: '' });
      expect(sentence).not.toContain('“”');
    }
  });

  it('tell every finding about a token, and its cure', () => {
    const variants: readonly Partial<TokenView>[] = [
      {},
      { makes: [], keys: [] },
      { isWritable: false },
      { freeMemory: 10 },
      { pin: 'locked' },
      { pin: 'final-try', isHardware: false, login: 'none' },
      { isInitialized: false },
      { kind: 'tpm', failure: { code: 'token', reason: 'malformed', module: 'OpenSC' } },
    ];
    for (const variant of variants) {
      const { checks } = compatibilityOf(
        { ...token, ...variant },
        { types: ['P-256'], places: ['token'] },
      );
      for (const check of checks) {
        expect(checkSentence(check)).toMatch(/^\p{Lu}[^{}]{15,}$/u);
      }
    }
  });
});

describe('a report of tokens', () => {
  it('has no opaque id of a process in it, and says how many days are left', () => {
    const json = JSON.stringify(tokensJson(reportOf()));
    expect(json).not.toContain('opaque');
    expect(json).toContain('"daysLeft":9');
    expect(json).toContain('"verdict":"does-not-fit"');
  });

  it('claims of no key whose it is when the wallet is open elsewhere', () => {
    const json = JSON.stringify(tokensJson(reportOf({}, 'in-use')));
    expect(json).toContain('"owner":"unknown"');
    expect(json).not.toMatch(/"owner":"(?!unknown)/);
    const lines = tokensLines(reportOf({}, 'in-use')).join('\n');
    expect(lines).toContain('open elsewhere');
    expect(lines).not.toContain('another program');
  });

  it('answers why a token cannot be used without any offer, also while the wallet is open elsewhere', () => {
    const report = reportOf({ pin: 'locked', puk: 'count-low' }, 'in-use');
    const text = tokensLines(report).join('\n');
    expect(text).toContain(
      'Problem: Its PIN is locked: there were too many wrong ones. Unblock it',
    );
    expect(text).toContain('PIN: Locked');
    expect(text).toContain('PUK: Few tries left');
    expect(JSON.stringify(tokensJson(report))).toContain(
      '"findings":[{"found":"pin-locked","status":"fail","sentence":"Its PIN is locked',
    );
    for (const found of tokenFindings) {
      expect(findingSentence(found)).toMatch(/^\p{Lu}[^{}]{15,}\.$/u);
    }
  });

  it('tells no state of a PIN where none is needed', () => {
    const text = tokensLines(reportOf({ login: 'none', pin: 'locked', puk: 'locked' })).join('\n');
    expect(text).toContain('PIN: Not needed');
    expect(text).not.toMatch(/PUK|ocked/);
  });

  it('has one line for a slot that was never set up', () => {
    const slot = {
      isInitialized: false,
      label: '',
      serial: '',
      pin: 'not-set',
      makes: [],
    } as const;
    expect(tokensLines(reportOf(slot)).slice(1)).toEqual(['  Reader: It has not been set up yet.']);
  });

  it('says that nobody can copy a key only where there is a device', () => {
    const sentence = (changes: Partial<TokenView>) =>
      tokensLines(reportOf({ makes: ['P-384'], signs: ['P-384'], ...changes })).join('\n');
    expect(sentence({})).toContain('nobody can copy it');
    expect(sentence({ isHardware: false })).not.toContain('nobody can copy it');
    expect(sentence({ isHardware: false })).toContain('may lie in a file');
  });

  it('lets no label steer the terminal, as text and as JSON', () => {
    const label = '\u001b[2Jcard\u202e\r\nforged line\u0007\ufffd';
    const report = reportOf({ label, manufacturer: '\u0000'.repeat(32) });
    const said: string[] = [];
    const streams = {
      out: (text: string) => said.push(text),
      error: (text: string) => said.push(text),
      unread: new AbortController().signal,
    };
    for (const json of [true, false]) {
      const output = new Output(streams, json);
      output.result(tokensJson(report), tokensLines(report));
      output.item(tokensJson(report), tokensLines(report));
      output.progress({ label }, label);
    }
    for (const text of said) {
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
      expect(text).not.toMatch(/^forged line/m);
    }
    const [json = ''] = said;
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(tokensJson(report))));
  });
});
