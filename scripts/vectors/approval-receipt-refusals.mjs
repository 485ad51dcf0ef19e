import { approvalAuthorization, evidenceOf } from './approval-world.mjs';
import { receiptContent, receiptOf } from './approval-receipts.mjs';
import { refusedByClient } from './approval-refusals.mjs';
import { unsignedTime } from './cms.mjs';
import { jcs } from './jcs.mjs';
import { spoiled } from './jws.mjs';
import { digestOf } from './octets.mjs';

/** A spoilt text in base64url. */
const spoiledText = (text) => spoiled(Buffer.from(text, 'base64url')).toString('base64url');

export function receiptRefusals(surroundings) {
  const { world, certificates, documents } = surroundings;
  const { order, standing } = documents;
  const good = evidenceOf(world, certificates, order).byPasskey('passkey-es256');
  const of = (id, because, { evidence = good, changes = {}, text, by }, ...as) => {
    const content = text ?? jcs(receiptContent(world, order, evidence, changes));
    const receipt = receiptOf(world, certificates, content, by).toString('base64');
    return refusedByClient(
      ...[`receipt-${id}`, ['A receipt that proves nothing.', because], { receipt }, ...as],
    );
  };
  const usual = jcs(receiptContent(world, order, good));
  const other = digestOf(jcs(standing));
  return [
    ...signatureRefusals({ world, certificates, usual, of }),
    of(
      'spaces',
      'It is not in the JCS form.',
      { text: usual.replace(',', ', ') },
      'digest',
      'signature',
    ),
    of(
      'digest',
      'The digest is not that of the document.',
      { changes: { content: { digest: other } } },
      'digest',
    ),
    of(
      'document',
      'The document is another.',
      { changes: { content: { approval: { ...order, reason: 'Installer of release 4.3' } } } },
      'digest',
    ),
    ...evidenceRefusals({ ...surroundings, good, of }),
    ...entryRefusals({ good, other, of }),
  ];
}

function signatureRefusals({ world: { keys }, certificates, usual, of }) {
  const { leaves, documents, ordered, chain } = certificates;
  const stranger = { signer: leaves['of-stranger'].der, key: leaves['of-stranger'].key, chain: [] };
  const person = { signer: leaves['leaf-es256'].der, key: keys['leaf-es256'], chain };
  return [
    of(
      'of-stranger',
      'A CA that nobody trusts has certified who signed it.',
      { text: usual, by: stranger },
      'signature',
    ),
    of(
      'of-person',
      'A person has signed it, with a certificate of the same CA.',
      { text: usual, by: person },
      'signature',
    ),
    of(
      'of-documents',
      'It is signed by a certificate of the same CA for the signing of documents.',
      { text: usual, by: { signer: documents, key: keys.approvals } },
      'signature',
    ),
    of(
      'of-ordered',
      'It is signed by a certificate of that name that was issued for an order.',
      { text: usual, by: { signer: ordered, key: keys.approvals } },
      'signature',
    ),
    of(
      'certificate-more',
      'It has a certificate that is not of the path.',
      { text: usual, by: { chain: [...chain, leaves['leaf-es256'].der] } },
      'signature',
    ),
    of(
      'unsigned-attribute',
      'It has an attribute that nobody has signed.',
      { text: usual, by: { unsigned: [unsignedTime('2026-11-23T00:00:00Z')] } },
      'signature',
    ),
    of(
      'of-other-key',
      'Another key has signed it.',
      { text: usual, by: { key: keys.release } },
      'signature',
    ),
  ];
}

const either = ['binding', 'evidence'];

function evidenceRefusals({ world, certificates, documents, good, of }) {
  const over = (changes, document = documents.order) =>
    evidenceOf(world, certificates, document, changes);
  const parts = { world, documents, good, over };
  return Object.entries({ ...otherDocuments(parts), ...ceremonies(parts), ...declines(parts) }).map(
    ([id, [because, evidence, as, changes]]) => of(id, because, { evidence, changes }, ...as),
  );
}

function otherDocuments({ world, documents: { order, standing }, over }) {
  const { token, keys, keyAuthorization } = world;
  const foreign = `${token}.${digestOf(jcs(order))}.${keys['account-foreign'].thumbprint}`;
  const other = over({}, standing);
  const because = 'Another document was approved.';
  const byPasskey = other.byPasskey('passkey-es256');
  const swapped = { ...byPasskey, keyAuthorization: approvalAuthorization(world, order) };
  const of = (changes) => over({ keyAuthorization: changes }).byPasskey('passkey-es256');
  return {
    'other-document': [because, byPasskey, ['binding']],
    'other-document-key': [because, other.byKey('registered-es256'), ['binding']],
    'other-document-certificate': [because, other.byCertificate('leaf-es256'), ['binding']],
    'other-challenge': ['The passkey has signed what was made of another.', swapped, either],
    plain: ['What was signed names no document.', of(keyAuthorization), ['binding']],
    'other-account': ['It was signed for another account.', of(foreign), ['binding']],
  };
}

function ceremonies({ good, over }) {
  const of = (assertion) => over({ assertion }).byPasskey('passkey-es256');
  const { publicKey } = over({}).byPasskey('passkey-rs256');
  const signature = spoiledText(good.signature);
  return {
    origin: ['The passkey was used elsewhere.', of({ origin: 'https://ca.test' }), either],
    'rp-id': ['The passkey is of another host.', of({ rpId: 'ca.test' }), either],
    unverified: ['The passkey did not verify its person.', of({ verified: false }), either],
    absent: ['Nobody touched the passkey.', of({ present: false }), either],
    creation: ['The passkey was being made.', of({ type: 'webauthn.create' }), either],
    signature: ['The signature is spoilt.', { ...good, signature }, ['evidence']],
    'public-key': ['The key is another.', { ...good, publicKey }, ['evidence']],
  };
}

function declines({ world, documents: { standing }, good, over }) {
  const { person, keys } = world;
  const usual = over({}).byAccount('No');
  const other = { decline: { digest: digestOf(jcs(standing)), reason: 'No' } };
  const { publicKey } = good;
  const changes = { decision: 'decline', reason: 'No' };
  const by = { ...person, account: keys['account-foreign'].thumbprint };
  const signature = spoiledText(usual.signature);
  return {
    'approve-by-account': ['Nobody approves by the account key alone.', usual, either],
    'decline-by-passkey': ['What was signed approves.', good, either, changes],
    'decline-reason': ['The reason is another.', over({}).byAccount('Yes'), ['binding'], changes],
    'decline-document': [
      ...['Another document was declined.', over({ payload: other }).byAccount('No')],
      ...[['binding'], changes],
    ],
    'decline-account': [
      ...['Another account has declined.', usual, either],
      { ...changes, content: { by } },
    ],
    'decline-key': ['The key is not the account’s.', { ...usual, publicKey }, either, changes],
    'decline-spoilt': ['The signature is spoilt.', { ...usual, signature }, ['evidence'], changes],
  };
}

function entryRefusals({ good, other, of }) {
  const entry = (id, because, data) =>
    of(`log-${id}`, because, { evidence: good, changes: { data } }, 'log');
  const named = (id, because, log) =>
    of(`log-${id}`, because, { evidence: good, changes: { log } }, 'log');
  return [
    entry('evidence', 'The entry of the log names other evidence.', { evidence: other }),
    entry('digest', 'The entry of the log names another document.', { digest: other }),
    entry('decision', 'The entry of the log names another decision.', { decision: 'decline' }),
    named('request', 'The entry of the log is about another request.', {
      request: 'https://ca.example/acme/approval/AAAAAAAAAAAAAAAAAAAAAA',
    }),
    named('by', 'The entry of the log names somebody else.', { by: 'robin@corp.example' }),
    named('event', 'The entry of the log is about something else.', { event: 'requested' }),
    named('organization', 'The entry of the log is about another organisation.', {
      organization: 'Other Corp',
    }),
  ];
}
