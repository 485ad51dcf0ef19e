import {
  approvalAuthorization,
  cert01Url,
  certificateProof,
  documentsOf,
  evidenceOf,
  keyProof,
  makeApprovalCertificates,
  ppkp01Url,
} from './approval-world.mjs';
import { chained, entriesBefore, receiptContent, receiptOf } from './approval-receipts.mjs';
import { documentRefusals, logRefusals, responseRefusals } from './approval-refusals.mjs';
import { receiptRefusals } from './approval-receipt-refusals.mjs';
import { jcs } from './jcs.mjs';
import { digestOf } from './octets.mjs';
import { assertion, passkeysOf } from './passkeys.mjs';

const reason = 'Release 4.2 was called off';

/** @param {import('./world.mjs').World} world */
export async function approvalsFile(world, others) {
  const certificates = { ...others, ...(await makeApprovalCertificates(world, others)) };
  const documents = documentsOf(world);
  const surroundings = { world, certificates, documents };
  return {
    about:
      'Approvals: documents and their digests, responses that approve one, receipts, and the log. `root` is the root of the CA whose receipts they are.',
    section: 'docs/approvals.md',
    madeBy: ['@noble/curves (ES256)', 'node:crypto (RS256, EdDSA, digests)', '@peculiar/x509'],
    verifiedBy: ['jose', '@simplewebauthn/server', 'OpenSSL, by Section 9 of docs/approvals.md'],
    given: givenOf(surroundings),
    vectors: [
      ...Object.entries(documents).map((entry) => documentVector(world, entry)),
      ...responses(surroundings),
      ...receipts(surroundings),
      logVector(surroundings),
      ...documentRefusals(surroundings),
      ...responseRefusals(surroundings),
      ...receiptRefusals(surroundings),
      ...logRefusals(log(surroundings)),
    ],
  };
}

function givenOf({ world, certificates: { authorities, lists }, documents: { order } }) {
  const { keys, now, token, urls, origin, person } = world;
  return {
    ...{ now, directory: urls.directory, origin, token, person: person.email },
    thumbprint: keys.account.thumbprint,
    keyAuthorization: approvalAuthorization(world, order),
    urls: { 'cert-01': cert01Url(world), 'ppkp-01': ppkp01Url(world) },
    document: order,
    ...{ passkeys: passkeysOf(keys).map(registered), keys: [keys['registered-es256'].thumbprint] },
    anchor: authorities.root.der.toString('base64'),
    revocationLists: [lists.root, lists['people-ca']].map((list) => list.toString('base64')),
    root: authorities.root.der.toString('base64'),
  };
}

const registered = ({ id, key, publicKey, signCount, synchronises }) => ({
  ...{ id, key: key.name, publicKey, signCount, synchronises },
});

function documentVector(world, [kind, document]) {
  const keyAuthorization = approvalAuthorization(world, document);
  return {
    ...{ id: `document-${kind}`, what: 'A document, its JCS form, and what is made of it.' },
    input: { document },
    output: {
      ...{ jcs: jcs(document), digest: digestOf(jcs(document)), keyAuthorization },
      webauthnChallenge: digestOf(keyAuthorization),
    },
  };
}

function responses({ world, certificates, documents: { order } }) {
  const keyAuthorization = approvalAuthorization(world, order);
  const place = {
    ...{ challenge: digestOf(keyAuthorization), origin: world.origin, rpId: 'ca.example' },
    signCount: 6,
  };
  const [passkey] = passkeysOf(world.keys);
  const what = 'A response that approves `given.document`.';
  return [
    {
      ...{ id: 'response-certificate', what },
      input: { type: 'cert-01', key: 'leaf-es256', certificate: 'leaf-es256' },
      output: certificateProof(world, certificates, 'leaf-es256', keyAuthorization),
    },
    {
      ...{ id: 'response-key', what, input: { type: 'ppkp-01', key: 'registered-es256' } },
      output: keyProof(world, 'registered-es256', keyAuthorization),
    },
    {
      ...{ id: 'response-passkey', what, input: { type: 'ppkp-01', passkey: 'passkey-es256' } },
      output: assertion(passkey, place),
    },
  ];
}

function receipts({ world, certificates, documents: { order, standing, texts } }) {
  const of = (document) => evidenceOf(world, certificates, document);
  const receipt = (id, document, evidence, changes) => {
    const content = jcs(receiptContent(world, document, evidence, changes));
    return {
      ...{ id: `receipt-${id}`, what: 'A receipt.', input: { content } },
      output: { receipt: receiptOf(world, certificates, content).toString('base64') },
    };
  };
  return [
    receipt('passkey', order, of(order).byPasskey('passkey-es256')),
    receipt('passkey-eddsa', order, of(order).byPasskey('passkey-eddsa')),
    receipt('passkey-rs256', order, of(order).byPasskey('passkey-rs256')),
    receipt('key', standing, of(standing).byKey('registered-es256')),
    receipt('key-eddsa', standing, of(standing).byKey('registered-eddsa')),
    receipt('certificate', order, of(order).byCertificate('leaf-es256')),
    receipt('certificate-es384', order, of(order).byCertificate('leaf-es384')),
    receipt('certificate-rs256', order, of(order).byCertificate('leaf-rsa')),
    receipt('account', order, of(order).byAccount(reason), { decision: 'decline', reason }),
    receipt('texts', texts, of(texts).byPasskey('passkey-es256')),
  ];
}

/** Of five entries; the decision is that of `receipt-passkey`. */
function log({ world, certificates, documents: { order } }) {
  const evidence = evidenceOf(world, certificates, order).byPasskey('passkey-es256');
  const granted = {
    ...{ at: '2026-11-22T11:30:00Z', event: 'granted', organization: order.organization },
    ...{ request: order.url, data: { digest: digestOf(jcs(order)) } },
  };
  const decided = receiptContent(world, order, evidence).log;
  return chained([granted], [...entriesBefore(world, order), decided]);
}

/** The second stands for another organisation's. */
function logVector(surroundings) {
  const entries = log(surroundings);
  const digests = entries.map((entry) => digestOf(jcs(entry)));
  const asAuditor = entries.map((entry, index) =>
    index === 1 ? { sequence: 2, previous: entry.previous, digest: digests[1] } : entry,
  );
  return {
    ...{ id: 'log', what: 'A log, whole and as who may not read its second entry gets it.' },
    ...{ input: { entries, asAuditor }, output: { digests } },
  };
}
