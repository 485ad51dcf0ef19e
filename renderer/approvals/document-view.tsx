import type { ReactNode } from 'react';
import type { ApprovalDocument } from '../../shared/models/approval.ts';
import { escaped, needsEscapes } from '../names/escaped.ts';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { plainRows } from './document-rows.tsx';
import { exactMembers } from './exact-members.ts';
import { hexGroups } from './fingerprint.ts';
import { Part, partId, sections, type Section } from './part.tsx';

interface DocumentViewProps {
  readonly document: ApprovalDocument;
  readonly digest: string;
  /** What else belongs into a section, below what is signed. */
  readonly beside?: Partial<Readonly<Record<Section, ReactNode>>>;
}

/** Everything that an approval document says: in plain words first, then member by member as it is signed. */
export function DocumentView({ document, digest, beside = {} }: DocumentViewProps) {
  const words = useWords();
  const { say } = words;
  const rows = plainRows(document, words);
  return sections.map((section) => {
    const told = rows.filter((row) => row.section === section);
    if (told.length === 0 && section !== 'exact') return null;
    return (
      <Card key={section}>
        <h2>{say(`approval.section.${section}`)}</h2>
        {section === 'exact' ? (
          <ExactDocument document={document} digest={digest} />
        ) : (
          <dl className="approval-rows">
            {told.map(({ member, label, value }) => (
              <Part key={member} section={section} name={member} look="approval-row">
                <dt className={section === 'key' ? 'visually-hidden' : undefined}>{say(label)}</dt>
                <dd>{typeof value === 'string' ? <bdi>{value}</bdi> : value}</dd>
              </Part>
            ))}
          </dl>
        )}
        {beside[section]}
      </Card>
    );
  });
}

const digestName = 'digest of the document';

function ExactDocument({ document, digest }: Pick<DocumentViewProps, 'document' | 'digest'>) {
  const { say } = useWords();
  return (
    <>
      <p className="quiet">{say('approval.exact.text')}</p>
      <dl className="approval-exact">
        {exactMembers(document).map(({ path, value }) => (
          <Part key={path} section="exact" name={path} look="approval-exact-row">
            <dt>
              <code>{path}</code>
            </dt>
            <dd>
              <code dir="ltr">
                <bdi>{value === '' ? say('approval.exact.empty') : value}</bdi>
                {path !== 'reason' && needsEscapes(value) && (
                  <span className="approval-escaped">{escaped(value)}</span>
                )}
              </code>
            </dd>
          </Part>
        ))}
        <Part section="exact" name={digestName} look="approval-exact-row approval-digest">
          <dt>{say('approval.exact.digest')}</dt>
          <dd>
            <code>{hexGroups(digest) ?? digest}</code>
          </dd>
        </Part>
      </dl>
    </>
  );
}

/** Every part that `DocumentView` shows of a document, in its order. */
export function partsOf(
  document: ApprovalDocument,
  told: readonly { section: Section; member: string }[],
): readonly string[] {
  return [
    ...sections.flatMap((section) =>
      told.filter((row) => row.section === section).map(({ member }) => partId(section, member)),
    ),
    ...exactMembers(document).map(({ path }) => partId('exact', path)),
    partId('exact', digestName),
  ];
}
