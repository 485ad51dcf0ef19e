import { approvalAuthorization, certificateProof, keyProof } from './approval-world.mjs';
import { jcs } from './jcs.mjs';
import { digestOf } from './octets.mjs';
import { assertion, passkeysOf } from './passkeys.mjs';
import { refused } from './world.mjs';

export const refusedByClient = (id, [what, because], input, ...as) => ({
  ...{ id, what, input },
  refusal: { by: 'client', as, because },
});

/** Documents that nobody can be shown, so that nobody approves them. */
export function documentRefusals({ documents: { order, standing } }) {
  const of = (id, because, changes, document = order) => {
    const what = 'A document that is not approved.';
    // As it comes: halves of characters are nothing that JSON has otherwise than in escapes.
    const input = { text: JSON.stringify({ ...document, ...changes }) };
    return refusedByClient(`unreadable-${id}`, [what, because], input, 'unreadable');
  };
  const [identifier] = order.identifiers;
  return [
    of('member', 'It has a member that nobody knows.', { discount: 1 }),
    of('member-inside', 'A part of it has one.', { rule: { ...order.rule, veto: false } }),
    of('member-of-key', 'A part of it has one.', { key: { ...order.key, attested: true } }),
    of('member-missing', 'It does not say why.', { reason: undefined }),
    of('version', 'It has another version.', { version: 2 }),
    of('kind', 'Nobody knows its kind.', { kind: 'forever' }),
    of('other-kind', 'It has a member of the other kind.', { count: 10 }),
    of('standing-key', 'It has a member of the other kind.', { key: order.key }, standing),
    of('control', 'A text has a control character.', { reason: 'Release\u001b[2J4.2' }),
    of('line', 'A text has a line end.', { organization: 'Example\nCorp' }),
    of('null', 'A text has a null.', { profile: 'ev-code-signing\u0000' }),
    of('direction', 'A text turns the direction of reading round.', {
      reason: 'safe\u202egpj.exe',
    }),
    of('isolate', 'A text turns the direction of reading round.', {
      requestedBy: { name: 'Sam\u2067 Example', email: 'sam@corp.example' },
    }),
    of('surrogate', 'A text has half of a character.', { reason: 'half \ud83d' }),
    of('name-surrogate', 'A text has half of a character.', {
      identifiers: [{ ...identifier, value: '\udd0fcorp.example' }],
    }),
    of('long', 'A text is longer than it may be.', { reason: 'a'.repeat(401) }),
    of('nobody', 'Nobody asks.', { requestedBy: {} }),
    of('no-names', 'It is for nothing.', { identifiers: [] }),
    of('rule-none', 'Nobody has to approve it.', { rule: { ...order.rule, approvals: 0 } }),
    of('time', 'A time is not in UTC with seconds.', { expires: '2026-12-01T00:00:00+01:00' }),
    of('day', 'A time is of a day that there is not.', { expires: '2026-02-30T00:00:00Z' }),
    of('fraction', 'A number is no whole one.', { lifetime: 900.5 }),
  ];
}

/** Responses of challenges with `given.document`, whose signatures are good. */
export function responseRefusals({ world, certificates, documents }) {
  const { keyAuthorization: usual, token, keys, otherToken } = world;
  const { order, standing } = documents;
  const digest = digestOf(jcs(order));
  const authorizations = {
    plain: ['It is the key authorization without the document.', usual],
    document: ['It is over another document.', approvalAuthorization(world, standing)],
    reason: [
      'The document says another reason.',
      approvalAuthorization(world, { ...order, reason: 'Installer of release 4.3' }),
    ],
    token: [
      "The token is another challenge's.",
      `${otherToken}.${digest}.${keys.account.thumbprint}`,
    ],
    account: [
      'It is of another account.',
      `${token}.${digest}.${keys['account-foreign'].thumbprint}`,
    ],
    order: ['The parts stand otherwise.', `${token}.${keys.account.thumbprint}.${digest}`],
    digest: ['It is the digest alone.', digest],
  };
  const what = 'A response that does not approve `given.document`.';
  const [passkey] = passkeysOf(keys);
  const place = { origin: world.origin, rpId: 'ca.example', signCount: 6 };
  return Object.entries(authorizations).flatMap(([name, [because, text]]) => {
    const asserted = assertion(passkey, { ...place, challenge: digestOf(text) });
    const signed = certificateProof(world, certificates, 'leaf-es256', text);
    const answers = {
      certificate: ['cert-01', signed.response],
      key: ['ppkp-01', keyProof(world, 'registered-es256', text).response],
      passkey: ['ppkp-01', asserted.response],
    };
    return Object.entries(answers).map(([method, [type, response]]) =>
      refused(
        ...[`response-${method}-${name}`, [what, because], { type, response }],
        'incorrectResponse',
      ),
    );
  });
}

/** Changed logs: the first entry at which it shows is `refusal.as`. */
export function logRefusals(entries) {
  const of = (id, because, changed, ...as) =>
    refusedByClient(
      ...[`log-${id}`, ['A log that was changed.', because]],
      ...[{ entries: changed }, ...as],
    );
  const at = (index, changes) =>
    entries.map((each, i) => (i === index ? { ...each, ...changes } : each));
  const withForeign = (all) =>
    all.map((each, index) =>
      index === 1 ? { sequence: 2, previous: each.previous, digest: digestOf(jcs(each)) } : each,
    );
  const renumbered = entries
    .filter((_, index) => index !== 2)
    .map((each, index) => ({ ...each, sequence: index + 1 }));
  const [first, second, third, fourth, fifth] = entries;
  return [
    of(
      'entry',
      'An entry says something else.',
      at(1, { data: { email: 'mallory@corp.example', role: 'approver' } }),
      '2',
      '3',
    ),
    of('time', 'An entry says another time.', at(3, { at: '2026-11-22T11:29:59Z' }), '4', '5'),
    of(
      'removed',
      'An entry is missing.',
      entries.filter((_, index) => index !== 2),
      '3',
      '4',
    ),
    of(
      'renumbered',
      'An entry is missing, and those after it have other numbers.',
      renumbered,
      '2',
      '3',
    ),
    of(
      'swapped',
      'Two entries stand in each other’s place.',
      [first, third, second, fourth, fifth],
      '2',
      '3',
    ),
    of(
      'before-foreign',
      'An entry before one that may not be read says something else.',
      withForeign(at(0, { data: {} })),
      ...['2', '3'],
    ),
    of('first', 'The first entry has one before it.', at(0, { previous: digestOf('') }), '1'),
    of('front', 'The log begins later than it did.', entries.slice(1), '1', '2'),
  ];
}
