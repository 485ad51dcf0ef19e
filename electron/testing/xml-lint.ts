import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const schemas = join(import.meta.dirname, 'windows-schemas');

/** What libxml2 says against documents: nothing when they are well-formed and of the schema. */
export function xmlComplaints(documents: readonly string[], schema?: string): string {
  const validating = schema === undefined ? [] : ['--schema', join(schemas, `${schema}.xsd`)];
  return documents
    .map((input) => {
      const parameters = ['--nonet', '--noout', ...validating, '-'];
      const { status, stderr } = spawnSync('xmllint', parameters, { input, encoding: 'utf8' });
      return status === 0 ? '' : `${String(status)}: ${stderr}`;
    })
    .join('');
}
