import type { People } from './people-types.ts';
import type { RuleOptions } from './rules.ts';
import type { CaOptions } from './running-ca.ts';
import type { State } from './state.ts';

/** What the CA was started with, and what holds where nothing was said. */
export function withDefaults(options: CaOptions) {
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
    radius: options.radius,
    caa: options.caa ?? (options.dnsServer === undefined ? 'off' : 'checked'),
    webauthnPage: options.webauthnPage ?? true,
    rules: options satisfies RuleOptions,
    retryDelays: options.validationRetrySeconds ?? [2, 5],
    lookSeconds: options.validationSeconds ?? 10,
    ordersPerPage: options.ordersPerPage ?? 50,
    challengeAnchors: options.challengeAnchors ?? [],
    network: options.network,
    mail: options.mail,
    demoPerson: options.demoPerson ?? false,
    termsPath: options.termsPath,
    log: options.log ?? ((): void => undefined),
    pages: options.pages ?? {},
  };
}

export type Setting = ReturnType<typeof withDefaults> & {
  readonly state: State;
  readonly people: People;
};
