import { createAccountKeys } from './account-key.ts';
import { createReceipts } from './approvals/receipt.ts';
import type { Authority } from './authority.ts';
import { createCaaCheck } from './caa.ts';
import { readAnchors } from './challenges/anchors.ts';
import { createCert } from './challenges/cert-01.ts';
import { createCertificateTrust } from './challenges/certificate-trust.ts';
import type { CertificateTrust } from './challenges/certificate-trust.ts';
import { createChallengeTypes } from './challenges/challenge-type.ts';
import type { ChallengeTypes } from './challenges/challenge-type.ts';
import { createDeliberations } from './challenges/deliberations.ts';
import { createDns } from './challenges/dns-01.ts';
import { createDnsAccount } from './challenges/dns-account-01.ts';
import { createDnsPersist } from './challenges/dns-persist-01.ts';
import { createHotp } from './challenges/hotp-01.ts';
import { createHttp } from './challenges/http-01.ts';
import { createNameResolution } from './challenges/name-resolution.ts';
import type { NameResolution } from './challenges/name-resolution.ts';
import { createOtp } from './challenges/otp-01.ts';
import { isLoopback } from './challenges/own-addresses.ts';
import { createThrottle } from './challenges/throttle.ts';
import { createPpkp } from './challenges/ppkp-01.ts';
import { createTlsAlpn } from './challenges/tls-alpn-01.ts';
import { createTotp } from './challenges/totp-01.ts';
import { createValidation } from './challenges/validation.ts';
import { createFaults } from './faults.ts';
import type { Hierarchy } from './hierarchy.ts';
import { createIssuance } from './issuance.ts';
import { createPermission } from './issuing-permission.ts';
import type { Issuer } from './issuer.ts';
import { createNonces } from './nonces.ts';
import { TIMESTAMPS_PER_MINUTE } from './policy.ts';
import { createPasskeyDesk } from './passkeys/passkey-desk.ts';
import { relyingPartyAt } from './passkeys/relying-party.ts';
import type { RelyingParty } from './passkeys/relying-party.ts';
import { createRadiusClient } from './radius/client.ts';
import type { RadiusClient } from './radius/client.ts';
import { createRevocationList } from './revocation-list.ts';
import { createRules } from './rules.ts';
import type { Rules } from './rules.ts';
import type { Setting } from './setting.ts';
import { createPace } from './pace.ts';
import { createTerms } from './terms.ts';
import { createTimestamper } from './timestamper.ts';
import type { Urls } from './urls.ts';
import { keyIdentifier } from './x509/extensions.ts';
import { readCertificate } from './x509/read-certificate.ts';

type Identity = {
  readonly urls: Urls;
  readonly hierarchy: Hierarchy;
  readonly issuer: Issuer;
};

/** Builds what the resources work with, and connects it. */
export function createAuthority(
  setting: Setting,
  { urls, hierarchy, issuer }: Identity,
): Authority {
  const { state, people, log, retryDelays, lookSeconds, dnsServer, hosts } = setting;
  const faults = createFaults();
  const clock = (): Date => new Date(setting.clock().getTime() + faults.skew() * 1000);
  const names = createNameResolution({ dnsServer, hosts, leadsHome: isAtHome(setting) });
  const rules = createRules(setting.rules, new URL(urls.origin).hostname);
  const relyingParty = relyingPartyAt({
    ...{ origin: urls.origin, name: 'Local CA' },
    page: setting.webauthnPage ? urls.to('passkeyPage') : undefined,
  });
  const certificateTrust = createTrust(setting, hierarchy);
  const challengeTypes = createTypes(setting, {
    ...{ names, rules, clock, urls, relyingParty },
    trust: certificateTrust,
  });
  const accountUrl = (id: string): string => urls.to('account', id);
  const check = createCaaCheck({
    identities: rules.caaIdentities,
    recordsOf: (name) => names.caaOf(name),
  });
  const permissionFor =
    setting.caa === 'off' ? undefined : createPermission({ state, urls, check });
  return {
    urls,
    clock,
    state,
    rules,
    terms: createTerms({ urls, state }),
    nonces: createNonces(),
    accountKeys: createAccountKeys(),
    hierarchy,
    issuerKeyIdentifier: keyIdentifier(hierarchy.issuer.publicKeyInfo),
    issuance: createIssuance({ state, issuer, rules, clock, log, permissionFor }),
    revocationList: createRevocationList({ hierarchy, state, clock }),
    receipts: createReceipts(hierarchy, clock),
    ...{ challengeTypes, certificateTrust },
    validation: createValidation({
      ...{ state, challengeTypes, faults, clock },
      ...{ retryDelays, lookSeconds, log, accountUrl },
    }),
    deliberations: createDeliberations(log),
    people,
    passkeyDesk: createPasskeyDesk({
      ...{ state, clock, relyingParty },
      credentials: people.credentials,
    }),
    timestamper: createTimestamper(hierarchy, clock),
    timestampPace: createPace(TIMESTAMPS_PER_MINUTE, setting.clock),
    faults,
    externalAccountRequired: setting.externalAccountRequired,
    ordersPerPage: setting.ordersPerPage,
  };
}

/** What only this computer can ask for may be on this computer, as may what its own resolver says. */
function isAtHome({ host, dnsServer }: Setting): boolean {
  return isLoopback(host) || isLoopback(dnsServer?.replace(/:\d+$/, '') ?? '');
}

function radiusClient({ radius }: Setting, { origin }: Urls): RadiusClient | undefined {
  return radius && createRadiusClient(radius, new URL(origin).hostname);
}

type Proving = {
  readonly names: NameResolution;
  readonly rules: Rules;
  readonly clock: () => Date;
  readonly urls: Urls;
  readonly relyingParty: RelyingParty | undefined;
  readonly trust: CertificateTrust;
};

/** By the right time, too. */
function createTrust(setting: Setting, { issuer }: Hierarchy): CertificateTrust {
  const { state, clock, log, challengeAnchors } = setting;
  const anchors = readAnchors(challengeAnchors);
  return createCertificateTrust({
    ...{ state, clock, log, anchors },
    issuer: readCertificate(issuer.certificate),
  });
}

function createTypes(setting: Setting, proving: Proving): ChallengeTypes {
  const { state, httpPort, tlsPort } = setting;
  const { names, rules, clock, urls, relyingParty, trust } = proving;
  const issuerDomainNames = rules.caaIdentities;
  // Codes are judged by the right time, even while the clock of the CA is armed to be wrong.
  const judging = { state, clock: setting.clock };
  const throttle = createThrottle(judging);
  return createChallengeTypes([
    createTotp({ ...judging, throttle }),
    createHotp({ state, throttle }),
    createOtp({ ...judging, throttle, radius: radiusClient(setting, urls) }),
    createCert({ state, throttle, trust }),
    createPpkp({ ...judging, throttle, relyingParty }),
    createHttp({ names, port: httpPort }),
    createDns(names),
    createTlsAlpn({ names, port: tlsPort }),
    createDnsAccount(names),
    createDnsPersist({ names, issuerDomainNames, clock }),
  ]);
}
