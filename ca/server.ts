import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createAccountKeys } from './account-key.ts';
import type { Authority } from './authority.ts';
import { createChallengeTypes } from './challenges/challenge-type.ts';
import type { ChallengeTypes } from './challenges/challenge-type.ts';
import { createDns } from './challenges/dns-01.ts';
import { createHttp } from './challenges/http-01.ts';
import { createNameResolution } from './challenges/name-resolution.ts';
import { createTlsAlpn } from './challenges/tls-alpn-01.ts';
import { createTotp } from './challenges/totp-01.ts';
import { createValidation } from './challenges/validation.ts';
import { createFaults } from './faults.ts';
import { createFrontDesk } from './front-desk.ts';
import { openHierarchy } from './hierarchy.ts';
import type { Hierarchy } from './hierarchy.ts';
import { createIssuance } from './issuance.ts';
import { createIssuer, createTlsIdentity } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { openListener } from './listener.ts';
import type { Listener } from './listener.ts';
import { createNonces } from './nonces.ts';
import { createPeople, registerDemoPerson } from './people.ts';
import type { People } from './people-types.ts';
import { createProbe } from './probe.ts';
import { createRequestLog } from './request-log.ts';
import { createRevocationList } from './revocation-list.ts';
import type { CaOptions, RunningCa } from './running-ca.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';
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

function withDefaults(options: CaOptions) {
  const { state = 'memory' } = options;
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    probePort: options.probePort ?? 0,
    origin: options.origin,
    directory: state === 'memory' ? undefined : state.directory,
    clock: options.clock ?? ((): Date => new Date()),
    externalAccountRequired: options.externalAccountRequired ?? true,
    httpPort: options.httpPort ?? 80,
    tlsPort: options.tlsPort ?? 443,
    dnsServer: options.dnsServer,
    hosts: options.hosts ?? {},
    retryDelays: options.validationRetrySeconds ?? [2, 5],
    ordersPerPage: options.ordersPerPage ?? 50,
    demoPerson: options.demoPerson ?? false,
    termsPath: options.termsPath,
    log: options.log ?? ((): void => undefined),
    pages: options.pages ?? {},
  };
}

type Setting = ReturnType<typeof withDefaults> & {
  readonly state: State;
  readonly people: People;
};

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
  const requestLog = createRequestLog();
  const identity = createTlsIdentity(issuer, hierarchy, { hostname, now: clock() });
  const ca: RunningCa = {
    ...descriptionOf(authority, `https://${hostname}:${probe.port}`),
    people,
    faults: authority.faults,
    requestLog,
    stop: once(async () => {
      authority.faults.clear();
      await Promise.all([main.close(), probe.close(), authority.validation.stop()]);
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

type Identity = {
  readonly urls: Authority['urls'];
  readonly hierarchy: Hierarchy;
  readonly issuer: Issuer;
};

function createAuthority(setting: Setting, { urls, hierarchy, issuer }: Identity): Authority {
  const { state, clock, log, retryDelays } = setting;
  const faults = createFaults();
  const challengeTypes = createTypes(setting);
  return {
    urls,
    clock,
    state,
    nonces: createNonces(),
    accountKeys: createAccountKeys(),
    hierarchy,
    issuance: createIssuance({ state, issuer, clock, log }),
    revocationList: createRevocationList({ hierarchy, state, clock }),
    challengeTypes,
    validation: createValidation({ state, challengeTypes, faults, clock, retryDelays, log }),
    faults,
    externalAccountRequired: setting.externalAccountRequired,
    ordersPerPage: setting.ordersPerPage,
  };
}

function createTypes(setting: Setting): ChallengeTypes {
  const { state, clock, dnsServer, hosts, httpPort, tlsPort } = setting;
  const names = createNameResolution({ dnsServer, hosts });
  return createChallengeTypes([
    createTotp({ state, clock }),
    createHttp({ names, port: httpPort }),
    createDns(names),
    createTlsAlpn({ names, port: tlsPort }),
  ]);
}

type Description = Omit<RunningCa, 'people' | 'faults' | 'requestLog' | 'stop'>;

function descriptionOf({ urls, hierarchy }: Authority, probeUrl: string): Description {
  const { root, alternateRoot, issuer, documentSigner } = hierarchy;
  return {
    origin: urls.origin,
    directoryUrl: urls.to('directory'),
    termsUrl: urls.to('terms'),
    probeUrl,
    crlUrl: urls.to('crl'),
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
