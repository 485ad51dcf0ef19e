/** By what an approver proves who they are. */
export type ApprovalMethod = 'ppkp-01' | 'cert-01';

/** What has to come together before a certificate of a profile is issued (docs/approvals.md §1). */
export type ApprovalRule = {
  /** How many approvers, 1 to 8. */
  readonly required: number;
  /** One or both of them. */
  readonly by: readonly ApprovalMethod[];
  /** A certificate counts only with its key on a token. */
  readonly hardware: boolean;
  /** Within which time a request has to be decided; 1 to 720. */
  readonly hours: number;
};

export const approvalMethods: readonly ApprovalMethod[] = ['ppkp-01', 'cert-01'];

type RuleBook = { find(organizationId: string, profile: string): ApprovalRule | undefined };

/** What holds for a profile in an organisation: its own rule, or else the profile's; undefined where nobody has to approve. */
export function ruleFor(
  { approvalRules }: { readonly approvalRules: RuleBook },
  organizationId: string,
  profile: { readonly name: string; readonly approval?: ApprovalRule },
): ApprovalRule | undefined {
  // An organisation says how, never whether: there is no way around a profile's approval, or into one.
  return profile.approval && (approvalRules.find(organizationId, profile.name) ?? profile.approval);
}
