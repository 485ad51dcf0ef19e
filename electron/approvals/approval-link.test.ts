import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeUp } from '../testing/made-up.ts';
import { ApprovalError } from './approval-error.ts';
import { requestLink } from '../enrollment/request-link.ts';
import { isApprovalLink, organizationOf, parseApprovalLink } from './approval-link.ts';

const from = 'https://ca.example:14000/acme/directory';
const approval = 'https://ca.example:14000/acme/approval/evOGpD-hFJRzLaVqzqyTWA';
const query = (members: Readonly<Record<string, string>>): string =>
  new URLSearchParams(members).toString();
const link = (members: Readonly<Record<string, string>> = { from, approval }): string =>
  `countersign://approve?${query(members)}`;

function reasonOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ApprovalError)) throw error;
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('ca.example');
    return error.failure.code === 'approval' ? error.failure.reason : error.failure.code;
  }
  return undefined;
}

/** Any code units, lone surrogates among them. */
const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
    .map((units) => String.fromCharCode(...units));

describe('a link to a request', () => {
  it('says where to look', () => {
    expect(parseApprovalLink(link())).toEqual({ from, approval });
    expect(parseApprovalLink(` ${link()}\n`)).toEqual({ from, approval });
    expect(parseApprovalLink(link().replace('approve?', 'approve/?'))).toEqual({ from, approval });
    expect(parseApprovalLink(requestLink({ from, approval }))).toEqual({ from, approval });
    const page = `https://ca.example:14000/portal/approve?${query({ from, approval })}`;
    expect(parseApprovalLink(page)).toEqual({ from, approval });
  });

  it.each([
    ['without a directory', link({ approval })],
    ['without a request', link({ from })],
    ['that says whom to trust', link({ from, approval, root: 'MIIB' })],
    ['that names two requests', `${link()}&approval=${encodeURIComponent(approval)}`],
    ['with a fragment', `${link()}#yes`],
    ['to a directory without TLS', link({ from: from.replace('https', 'http'), approval })],
    ['to a request without TLS', link({ from, approval: approval.replace('https', 'http') })],
    ['with a name and a password', link({ from, approval: approval.replace('//', '//a:b@') })],
    ['with a path', link().replace('approve?', 'approve/now?')],
    ['with a line end within', link().replace('approve', 'app\nrove')],
    ['to another place', link().replace('approve', 'join')],
    ['that is very long', link({ from, approval: `${approval}${'x'.repeat(9000)}` })],
    ['that is none', 'approve everything'],
  ])('%s is malformed', (_what, text) => {
    expect(reasonOf(() => parseApprovalLink(text))).toBe('malformed-link');
  });

  it('on a page of somebody else is foreign', () => {
    const page = `https://ca.example/approve?${query({ from, approval })}`;
    expect(reasonOf(() => parseApprovalLink(page))).toBe('foreign-link');
  });

  it('is told from an invitation by its word', () => {
    expect(isApprovalLink(link())).toBe(true);
    expect(isApprovalLink('COUNTERSIGN://APPROVE?x')).toBe(true);
    expect(isApprovalLink(`countersign://join?${query({ from })}`)).toBe(false);
    expect(isApprovalLink(`https://ca.example/join?${query({ from })}`)).toBe(false);
    expect(isApprovalLink('no link')).toBe(false);
  });

  it('is never something else than a link or a refusal', () => {
    fc.assert(
      fc.property(anyText(40), anyText(40), (start, end) => {
        for (const each of [
          start,
          `countersign://approve?${end}`,
          `${link()}${end}`,
          `https://ca.example/${start}?approval=${end}`,
        ]) {
          const reason = reasonOf(() => parseApprovalLink(each));
          expect([undefined, 'malformed-link', 'foreign-link']).toContain(reason);
        }
      }),
      { numRuns: madeUp(60) },
    );
  });
});

describe('the organisation of a link', () => {
  const joined = [
    { id: 'other', directory: 'https://other.example/directory' },
    { id: 'corp', directory: from },
  ];

  it('is the one with that directory', () => {
    expect(organizationOf({ from, approval }, joined).id).toBe('corp');
  });

  it.each([
    ['that was not joined', { from: 'https://evil.example/directory', approval }],
    ['with another directory at the same host', { from: `${from}/2`, approval }],
    ['whose request is at another port', { from, approval: approval.replace(':14000', '') }],
    ['whose request is at another host', { from, approval: 'https://evil.example/approval/1' }],
    [
      'whose request is at a host that looks the same',
      { from, approval: approval.replace('ca.example', 'cа.example') },
    ],
    ['that is another one', { from: 'https://other.example/directory', approval }],
  ])('%s is foreign', (_what, wanted) => {
    expect(reasonOf(() => organizationOf(wanted, joined))).toBe('foreign-link');
  });
});
