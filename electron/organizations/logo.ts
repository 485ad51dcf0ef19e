import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import { sanitizePng } from './png.ts';
import { sanitizeSvg } from './svg.ts';

type Logo = NonNullable<EnrollmentProfile['organization']['logo']>;

/** Bytes of a picture. */
const maximumSize = 65_536;

/** The logo as a `data:` URL, rebuilt from its harmless parts; nothing when it has others. */
export function logoUrl({ mediaType, data }: Logo): string | undefined {
  const picture = Buffer.from(data, 'base64');
  if (picture.length > maximumSize) return undefined;
  const clean = mediaType === 'image/png' ? sanitizePng(picture) : sanitizedSvg(picture);
  return clean === null ? undefined : `data:${mediaType};base64,${clean.toString('base64')}`;
}

function sanitizedSvg(picture: Buffer): Buffer | null {
  const svg = sanitizeSvg(picture.toString('utf8'));
  return svg === null ? null : Buffer.from(svg);
}
