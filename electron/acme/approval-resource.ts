import type { ApprovedCertificate } from '../../shared/models/approval.ts';
import { isUtcTime } from '../../shared/models/utc-time.ts';
import {
  asObject,
  flag,
  lenient,
  list,
  mapped,
  missing,
  object,
  oneOf,
  resourceUrl,
  ShapeMismatch,
  text,
  wholeNumber,
  type Reader,
} from './shape.ts';

const time: Reader<string> = (value, path) => {
  const found = text({ maximum: 20 })(value, path);
  if (!isUtcTime(found)) throw new ShapeMismatch(path, 'moment');
  return found;
};
const note = text({ maximum: 400 });
const roles = list(oneOf(['requester', 'approver', 'auditor']), { maximum: 3 });

const person = object({
  name: text({ minimum: 1, maximum: 200 }),
  email: text({ minimum: 3, maximum: 254 }),
});
const service = object({ service: text({ minimum: 1, maximum: 100 }) });
const requester: Reader<ReturnType<typeof person> | ReturnType<typeof service>> = (value, path) =>
  typeof value === 'object' && value !== null && 'service' in value
    ? service(value, path)
    : person(value, path);

const status = oneOf(['pending', 'approved', 'declined', 'expired', 'withdrawn', 'spent']);

const profile = object({
  name: text({ minimum: 1, maximum: 64 }),
  description: text({ maximum: 4096 }),
  usages: list(text({ maximum: 255 }), { maximum: 8 }),
  lifetime: wholeNumber(1, 315_360_000),
  standing: flag,
});

const organization = object({
  name: text({ minimum: 1, maximum: 80 }),
  roles,
  domains: list(text({ maximum: 253 }), { maximum: 256 }),
  requesters: mapped(missing(list(requester, { maximum: 1000 })), (all) => all ?? []),
  profiles: mapped(missing(list(profile, { maximum: 64 })), (all) => all ?? []),
  log: missing(resourceUrl),
});

const listed = object({
  url: resourceUrl,
  status,
  mayDecide: flag,
  authorization: missing(resourceUrl),
  changed: text({ maximum: 64 }),
});

/** One page, or several, of the list of requests (docs/approvals.md §5). */
export const approvalList = object({
  organizations: mapped(missing(list(organization, { maximum: 64 })), (all) => all ?? []),
  approvals: list(listed, { maximum: 200 }),
});
export type ApprovalListPage = ReturnType<typeof approvalList>;

const decision = mapped(
  object({
    decision: oneOf(['approve', 'decline']),
    by: person,
    at: time,
    method: missing(oneOf(['ppkp-01', 'cert-01'])),
    reason: missing(note),
    receipt: resourceUrl,
  }),
  ({ method, reason, ...rest }) => ({
    ...rest,
    ...(method !== undefined && { method }),
    ...(reason !== undefined && { reason }),
  }),
);

const certificate = mapped(
  object({
    serial: text({ minimum: 1, maximum: 64, pattern: /^[0-9A-Fa-f]+$/ }),
    issued: time,
    notAfter: time,
    revoked: missing(time),
  }),
  ({ revoked, ...rest }): ApprovedCertificate => ({
    ...rest,
    ...(revoked !== undefined && { revoked }),
  }),
);

const orNone = <T>(reader: Reader<readonly T[]>): Reader<readonly T[]> =>
  mapped(missing(reader), (all) => all ?? []);

const resource = object({
  status,
  roles,
  mayDecide: flag,
  decisions: orNone(list(decision, { maximum: 32 })),
  approvers: orNone(list(person, { maximum: 1000 })),
  messages: orNone(list(object({ from: requester, at: time, text: note }), { maximum: 64 })),
  certificates: orNone(list(certificate, { maximum: 1000 })),
  withdrawn: missing(object({ by: requester, at: time, reason: note })),
  remaining: missing(wholeNumber(0, 1000)),
  remindAfter: lenient(time),
});

/** A request as the CA tells it (docs/approvals.md §5), for whoever is to decide about it. */
export interface UndecidedApproval extends ReturnType<typeof resource> {
  /** What is approved, as it came: only whoever reads it strictly may show it to an approver. */
  readonly document: unknown;
}

export const undecidedApproval: Reader<UndecidedApproval> = (value, path) => ({
  ...resource(value, path),
  document: asObject(value, path)['approval'],
});

const summary = object({
  approval: object({ expires: time, rule: object({ approvals: wholeNumber(1, 8) }) }),
});

/** A request for whoever waits for it, and knows what they asked for. */
export interface ApprovalResource extends UndecidedApproval, ReturnType<typeof summary> {}

export const approvalResource: Reader<ApprovalResource> = (value, path) => ({
  ...undecidedApproval(value, path),
  ...summary(value, path),
});
