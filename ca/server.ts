import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createApprovalRegister } from './approvals/register.ts';
import type { Authority } from './authority.ts';
import { createAuthority } from './create-authority.ts';
import { createFrontDesk } from './front-desk.ts';
import { openHierarchy } from './hierarchy.ts';
import { createIssuer, createTlsIdentity } from './issuer.ts';
import { openListener } from './listener.ts';
import type { Listener } from './listener.ts';
import { openMailer } from './mail/open-mailer.ts';
import { createOrganizations } from './organizations.ts';
import { createPeople, registerDemoPerson } from './people.ts';
import { createProbe } from './probe.ts';
import { createRegistry } from './registry.ts';
import { createRequestLog } from './request-log.ts';
import type { CaOptions, RunningCa } from './running-ca.ts';
import { withDefaults } from './setting.ts';
import type { Setting } from './setting.ts';
import { openState } from './state.ts';
import { createUrls } from './urls.ts';
import { toPem } from './x509/certificate.ts';

export type { CaOptions, RunningCa } from './running-ca.ts';

/** Starts the whole CA: ACME over HTTPS, the mutual-TLS probe, and the state behind them. */
export async function startCa(options: CaOptions = {}): Promise<RunningCa> {
  const setting = withDefaults(options);
  if (setting.directory !== undefined) {
    mkdirSync(setting.directory, { recursive: true, mode: 0o700 });
  }
  const state = openState(setting.directory);
  try {
    const people = createPeople({ state, clock: setting.clock, issuerName: 'Local CA' });
    if (setting.demoPerson) registerDemoPerson(people);
    return await open({ ...setting, state, people });
  } catch (error) {
    state.close();
    throw error;
  }
}

async function open(setting: Setting): Promise<RunningCa> {
  const { host } = setting;
  const main = await openListener({ host, port: setting.port, asksForCertificate: false });
  try {
    const probe = await openListener({ host, port: setting.probePort, asksForCertificate: true });
    try {
      return assemble(setting, main, probe);
    } catch (error) {
      await probe.close();
      throw error;
    }
  } catch (error) {
    await main.close();
    throw error;
  }
}

function assemble(setting: Setting, main: Listener, probe: Listener): RunningCa {
  const { state, people, clock, log } = setting;
  const origin = setting.origin ?? `https://localhost:${main.port}`;
  const urls = createUrls(origin, setting.termsPath);
  const { hostname } = new URL(urls.origin);
  const hierarchy = openHierarchy(setting.directory, clock());
  const issuer = createIssuer({
    hierarchy,
    crlUrl: urls.to('crl'),
    issuerUrl: urls.to('issuer'),
  });
  const authority = createAuthority(setting, { urls, hierarchy, issuer });
  const mailer = openMailer(setting, { urls, root: pem(hierarchy.root.certificate) });
  const requestLog = createRequestLog();
  const identity = createTlsIdentity(issuer, hierarchy, { hostname, now: clock() });
  let { network } = setting;
  const ca: RunningCa = {
    ...descriptionOf(authority, `https://${hostname}:${probe.port}`),
    people,
    registry: createRegistry({ state, clock, trust: authority.certificateTrust }),
    organizations: createOrganizations({ state, clock }),
    challengeMappings: setting.challengeAnchors.map(({ maps }) => maps),
    asksRadius: setting.radius !== undefined,
    get network() {
      return network;
    },
    describeNetwork: (described) => {
      network = described;
    },
    approvals: createApprovalRegister({ state, clock }),
    passkeyDesk: authority.passkeyDesk,
    faults: authority.faults,
    requestLog,
    ledger: () => state.ledger(),
    changeTerms: (version) => authority.terms.change(version),
    stop: once(async () => {
      authority.faults.clear();
      const { validation, deliberations, issuance } = authority;
      await Promise.all([main.close(), probe.close()]);
      await Promise.all([validation, deliberations, issuance, mailer].map((part) => part.stop()));
      state.close();
    }),
  };
  const { pages } = setting;
  main.serve(identity, [], createFrontDesk({ authority, requestLog, pages, ca: () => ca, log }));
  const trusted = [hierarchy.issuer, hierarchy.root].map(({ certificate }) => pem(certificate));
  probe.serve(identity, trusted, createProbe(state, log));
  authority.issuance.resume();
  authority.validation.resume();
  return ca;
}

/** Stopping twice is stopping once. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}

type Description = Omit<
  RunningCa,
  | 'people'
  | 'registry'
  | 'organizations'
  | 'challengeMappings'
  | 'asksRadius'
  | 'network'
  | 'describeNetwork'
  | 'approvals'
  | 'passkeyDesk'
  | 'faults'
  | 'requestLog'
  | 'ledger'
  | 'changeTerms'
  | 'stop'
>;

function descriptionOf({ urls, terms, hierarchy }: Authority, probeUrl: string): Description {
  const { root, alternateRoot, issuer, documentSigner } = hierarchy;
  return {
    origin: urls.origin,
    directoryUrl: urls.to('directory'),
    termsUrl: terms.url(),
    probeUrl,
    crlUrl: urls.to('crl'),
    timestampUrl: urls.to('timestamp'),
    rootPem: pem(root.certificate),
    rootFingerprint: createHash('sha256').update(root.certificate).digest('hex'),
    issuerPem: pem(issuer.certificate),
    alternateRootPem: pem(alternateRoot.certificate),
    documentSigner: {
      privateKey: documentSigner.key,
      chain: [documentSigner, issuer, root].map(({ certificate }) => certificate),
    },
  };
}

function pem(certificate: Buffer): string {
  return toPem('CERTIFICATE', certificate);
}
