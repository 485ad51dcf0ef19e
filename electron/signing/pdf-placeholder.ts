import { PDF, PdfArray, PdfDict, PdfName, PdfNumber, PdfRef, PdfString } from '@libpdf/core';
import { DocumentError } from './document-error.ts';
import { unknownOffset } from './prepared-document.ts';

// Imported by a thread of its own: the library takes a quarter of a second to load, and reads what anybody may have written.

export interface Appending {
  /** What the signer's computer says about when. */
  readonly now: Date;
  /** Stands where the signature will, and is as large as that may be. */
  readonly marker: Buffer;
}

/** As an update behind the octets that are there, which stay as they are. Throws `DocumentError`. */
export async function withPlaceholder(original: Buffer, appending: Appending): Promise<Buffer> {
  try {
    const pdf = await opened(original);
    addSignature(pdf, appending);
    return Buffer.from(await pdf.save({ incremental: true }));
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError('damaged', 'reading a document', { cause: error });
  }
}

async function opened(original: Buffer): Promise<PDF> {
  const pdf = await PDF.load(original);
  if (pdf.isEncrypted) throw new DocumentError('encrypted', 'reading a document');
  // ISO 32000-1, annex F: a linearized file that was appended to is a valid file that is not linearized any more.
  Object.defineProperty(pdf, 'isLinearized', { value: false });
  if (pdf.canSaveIncrementally() !== null || pdf.getPage(0) === null) {
    throw new DocumentError('damaged', 'reading a document');
  }
  return pdf;
}

function addSignature(pdf: PDF, { now, marker }: Appending): void {
  const resolve = (reference: PdfRef) => pdf.getObject(reference);
  const catalog = pdf.getCatalog();
  refuseLocked(catalog, resolve);
  const page = pdf.getPage(0);
  if (page === null) throw new DocumentError('damaged', 'looking for a page');
  const signature = pdf.register(signatureDictionary(now, marker));
  const form = formIn(pdf, catalog);
  const field = pdf.register(
    PdfDict.of({
      Type: PdfName.of('Annot'),
      Subtype: PdfName.of('Widget'),
      FT: PdfName.of('Sig'),
      T: PdfString.fromString(`Signature ${marker.toString('hex', 0, 8)}`),
      V: signature,
      // ISO 32000-1 §12.5.3: printed, and locked. §12.7.4.5: without extent it is not shown.
      F: PdfNumber.of(132),
      P: page.ref,
      Rect: PdfArray.of(...[0, 0, 0, 0].map((edge) => PdfNumber.of(edge))),
    }),
  );
  append(form, 'Fields', { item: field, resolve });
  append(page.dict, 'Annots', { item: field, resolve });
  // ISO 32000-1 §12.7.2: there are signatures, and the file may only be appended to.
  form.set('SigFlags', PdfNumber.of((form.getNumber('SigFlags', resolve)?.value ?? 0) | 3));
}

/** ETSI EN 319 142-1 §6.3: the time stands here and not among the signed attributes, and no certificate does. */
const signatureDictionary = (now: Date, marker: Buffer): PdfDict =>
  PdfDict.of({
    Type: PdfName.of('Sig'),
    Filter: PdfName.of('Adobe.PPKLite'),
    SubFilter: PdfName.of('ETSI.CAdES.detached'),
    M: PdfString.fromString(`D:${now.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`),
    ByteRange: PdfArray.of(
      PdfNumber.of(0),
      ...[unknownOffset, unknownOffset, unknownOffset].map((number) => PdfNumber.of(number)),
    ),
    Contents: new PdfString(new Uint8Array(marker), 'hex'),
  });

type Resolve = (reference: PdfRef) => ReturnType<PDF['getObject']>;

function formIn(pdf: PDF, catalog: PdfDict): PdfDict {
  const resolve: Resolve = (reference) => pdf.getObject(reference);
  const known = catalog.getDict('AcroForm', resolve);
  if (known !== undefined) return known;
  const form = PdfDict.of({ Fields: new PdfArray([]) });
  catalog.set('AcroForm', pdf.register(form));
  return form;
}

interface Appended {
  readonly item: PdfRef;
  readonly resolve: Resolve;
}

/** To a list that may stand in the dictionary, or be referred to from there, or not be there yet. */
function append(dictionary: PdfDict, key: string, { item, resolve }: Appended): void {
  const known = dictionary.getArray(key, resolve);
  if (known === undefined) dictionary.set(key, PdfArray.of(item));
  else known.push(item);
}

/** ISO 32000-1 §12.8.2.2: a certification signature with permission 1 is made invalid by whatever is added. */
function refuseLocked(catalog: PdfDict, resolve: Resolve): void {
  const certification = catalog.getDict('Perms', resolve)?.getDict('DocMDP', resolve);
  for (const each of certification?.getArray('Reference', resolve) ?? []) {
    const reference = each instanceof PdfRef ? resolve(each) : each;
    if (!(reference instanceof PdfDict)) continue;
    if (reference.getName('TransformMethod', resolve)?.value !== 'DocMDP') continue;
    const permission = reference.getDict('TransformParams', resolve)?.getNumber('P', resolve);
    // §12.8.2.2.1, table 254: 2 where nothing is said.
    if ((permission?.value ?? 2) === 1) throw new DocumentError('locked', 'reading a document');
  }
}
