import { signedData } from './cms.mjs';
import { jcs } from './jcs.mjs';
import { digestOf } from './octets.mjs';

const decidedAt = '2026-11-22T11:30:00Z';
const organization = 'Example Corp';

/** docs/approvals.md, Section 7, up to the decision. */
export function entriesBefore({ person }, document) {
  const entries = [
    { event: 'organization-added', by: 'admin', data: { domains: ['corp.example'] } },
    { event: 'member-added', by: 'admin', data: { email: person.email, role: 'approver' } },
    { event: 'requested', by: 'sam@corp.example', data: { digest: digestOf(jcs(document)) } },
  ];
  return chained(
    entries.map((entry, index) => ({
      ...{ at: `2026-11-21T0${7 + index}:00:00Z`, organization, ...entry },
      ...(entry.event === 'requested' && { request: document.url }),
    })),
  );
}

/** What the entry after it has as `previous`: over its place and its digest. */
export const linkOf = ({ sequence, previous, ...rest }) =>
  digestOf(
    jcs({
      sequence,
      previous,
      digest: rest.digest ?? digestOf(jcs({ sequence, previous, ...rest })),
    }),
  );

/** Each with its place, and chained to the one before. */
export const chained = (entries, before = []) =>
  entries.reduce((chain, entry) => {
    const last = chain.at(-1);
    const previous = last === undefined ? '' : linkOf(last);
    return [...chain, { sequence: chain.length + 1, ...entry, previous }];
  }, before);

/** Section 6; `changes` are of whoever would like it to say something else. */
export function receiptContent(world, document, evidence, changes = {}) {
  const { decision = 'approve', reason } = changes;
  const digest = digestOf(jcs(document));
  const data = { decision, digest, evidence: digestOf(jcs(evidence)), ...changes.data };
  const decided = {
    ...{ at: decidedAt, event: 'decided', organization: document.organization },
    ...{ request: document.url, by: world.person.email, data, ...changes.log },
  };
  return {
    ...{ version: 1, directory: world.urls.directory, approval: document, digest, decision },
    ...(reason !== undefined && { reason }),
    ...{ by: { ...world.person, account: world.keys.account.thumbprint }, at: decidedAt, evidence },
    log: chained([decided], entriesBefore(world, document)).at(-1),
    ...changes.content,
  };
}

/** Whoever signs by default is the CA. */
export function receiptOf({ keys }, certificates, text, changes = {}) {
  const { signer = certificates.approvals, key = keys.approvals } = changes;
  const { chain = certificates.chain, unsigned } = changes;
  const sign = (octets) => derSignature(key.sign(octets));
  return signedData({ content: text, at: decidedAt, signer, chain, sign, unsigned });
}

/** RFC 3279 §2.2.3: of the two halves that JWS has one after the other. */
function derSignature(octets) {
  const half = (from) => {
    const bare = octets.subarray(from, from + 32);
    const start = bare.findIndex((octet) => octet !== 0);
    const number = bare.subarray(start);
    const positive = number[0] >= 0x80 ? Buffer.concat([Buffer.of(0), number]) : number;
    return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
  };
  const halves = Buffer.concat([half(0), half(32)]);
  return Buffer.concat([Buffer.of(0x30, halves.length), halves]);
}
