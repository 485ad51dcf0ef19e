import type { DatabaseSync } from 'node:sqlite';
import { approvalMethods } from '../approval-rule.ts';
import type { ApprovalRule } from '../approval-rule.ts';
import * as rows from './rows.ts';

/** Where an organisation wants something else than a profile says. */
export type ApprovalRules = {
  find(organizationId: string, profile: string): ApprovalRule | undefined;
  set(organizationId: string, profile: string, rule: ApprovalRule): void;
  /** From here on the profile's own rule holds. */
  remove(organizationId: string, profile: string): void;
};

export function createApprovalRules(database: DatabaseSync): ApprovalRules {
  const select = database.prepare(
    'SELECT * FROM approval_rules WHERE organization_id = ? AND profile = ?',
  );
  const replace = database.prepare(
    `INSERT OR REPLACE INTO approval_rules (organization_id, profile, required, methods, hardware, hours)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const deleteOne = database.prepare(
    'DELETE FROM approval_rules WHERE organization_id = ? AND profile = ?',
  );
  return {
    find(organizationId, profile) {
      const row = select.get(organizationId, profile);
      return row === undefined ? undefined : toRule(row);
    },
    set: (organizationId, profile, { required, by, hardware, hours }) =>
      void replace.run(organizationId, profile, required, by.join(), Number(hardware), hours),
    remove: (organizationId, profile) => void deleteOne.run(organizationId, profile),
  };
}

function toRule(row: rows.Row): ApprovalRule {
  const named = rows.text(row, 'methods').split(',');
  return {
    required: rows.number(row, 'required'),
    by: approvalMethods.filter((method) => named.includes(method)),
    hardware: rows.flag(row, 'hardware'),
    hours: rows.number(row, 'hours'),
  };
}
