import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How the same page can be put into a file (ISO 32000-1 §7.5). */
export const pdfStructures = {
  plain: [],
  'object-streams': ['--object-streams=generate'],
  linearized: ['--linearize'],
  'linearized-object-streams': ['--linearize', '--object-streams=generate'],
} as const satisfies Record<string, readonly string[]>;
export type PdfStructure = keyof typeof pdfStructures;

const encrypted = ['--encrypt', '', 'owner', '256', '--'];

/** Writes a document of one page in that structure, by qpdf; resolves to its path. */
export async function pdfSample(
  directory: string,
  structure: PdfStructure | 'encrypted',
): Promise<string> {
  const plain = join(directory, 'plain.pdf');
  await writeFile(plain, plainPdf());
  if (structure === 'plain') return plain;
  const path = join(directory, `${structure}.pdf`);
  await promisify(execFile)('qpdf', [
    ...(structure === 'encrypted' ? encrypted : pdfStructures[structure]),
    ...[plain, path],
  ]);
  return path;
}

/** A document of one page with a line of text, with a cross-reference table. */
export function plainPdf(catalog = ''): Buffer {
  const text = 'BT /F1 18 Tf 20 100 Td (An offer) Tj ET';
  const objects = [
    `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${text.length}>>stream\n${text}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let file = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = file.length;
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\n`;
  return Buffer.from(`${file}${table}${trailer}startxref\n${start}\n%%EOF\n`, 'latin1');
}
