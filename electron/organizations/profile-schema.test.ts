import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enrollmentProfile } from '../../shared/models/enrollment-profile.ts';

const documents = path.join(import.meta.dirname, '..', '..', 'docs');

describe('docs/enrollment-profile', () => {
  // After a change of the schema: vitest run electron/organizations/profile-schema.test.ts --update=all
  it('.schema.json is what the code reads', async () => {
    const schema = {
      title: 'Countersign enrollment profile, version 1',
      description:
        'Beyond this schema: texts hold no control characters, URLs no credentials, and braces only placeholders.',
      ...z.toJSONSchema(enrollmentProfile, { io: 'input' }),
    };
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(path.join(documents, 'enrollment-profile.schema.json'));
  });

  it('.md shows a profile that is one', () => {
    const page = readFileSync(path.join(documents, 'enrollment-profile.md'), 'utf8');
    const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
    expect(enrollmentProfile.safeParse(JSON.parse(example)).error).toBeUndefined();
  });

  it('.md names every member of the schema', () => {
    const page = readFileSync(path.join(documents, 'enrollment-profile.md'), 'utf8');
    const { credentials, organization } = enrollmentProfile.shape;
    const members = [
      ...Object.keys(enrollmentProfile.shape),
      ...Object.keys(organization.shape),
      ...Object.keys(credentials.element.shape),
    ];
    for (const member of members) expect(page).toMatch(new RegExp(`\\b${member}\\b`));
  });
});
