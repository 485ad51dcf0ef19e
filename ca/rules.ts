import type { Profile } from './profiles.ts';
import { profiles } from './profiles.ts';

/** When certificates are to be renewed (RFC 9773), in parts of their life. */
export type RenewalRules = {
  /** 0 is the beginning of the certificate's life, 1 its end. */
  readonly start: number;
  readonly end: number;
  /** Seconds until a client should ask again. */
  readonly retryAfter: number;
  readonly explanationURL?: string;
};

/** What the operator of the CA decides. */
export type Rules = {
  /** By which names CAA and dns-persist-01 records call this CA. */
  readonly caaIdentities: readonly string[];
  /** Whether one authorization may cover the names below a name (RFC 9444). */
  readonly subdomains: boolean;
  /** Those that are issued, in order of preference. */
  readonly profiles: readonly Profile[];
  /** Of one account; no limit when undefined. */
  readonly newOrdersPerHour: number | undefined;
  readonly renewal: RenewalRules;
};

export type RuleOptions = {
  readonly caaIdentities?: readonly string[];
  readonly subdomains?: boolean;
  readonly profiles?: readonly string[];
  readonly newOrdersPerHour?: number;
  readonly renewal?: Partial<RenewalRules>;
};

const renewal: RenewalRules = { start: 2 / 3, end: 3 / 4, retryAfter: 6 * 3600 };

export function createRules(options: RuleOptions, hostname: string): Rules {
  const rules = {
    caaIdentities: options.caaIdentities ?? [hostname],
    subdomains: options.subdomains ?? true,
    profiles: profiles.filter(({ name }) => options.profiles?.includes(name) ?? true),
    newOrdersPerHour: options.newOrdersPerHour,
    renewal: { ...renewal, ...options.renewal },
  };
  const { start, end } = rules.renewal;
  // RFC 9773 §4.2: a window that ends before it begins must not be served.
  if (!(start < end)) throw new RangeError('the renewal window ends before it begins');
  if (rules.caaIdentities.length === 0 || rules.caaIdentities.length > 10) {
    throw new RangeError('a CA has 1 to 10 names for CAA and dns-persist-01 records');
  }
  return rules;
}
