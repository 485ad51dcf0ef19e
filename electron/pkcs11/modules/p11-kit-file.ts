/** The settings of one file of p11-kit, by name. */
export type P11KitSettings = ReadonlyMap<string, string>;

/** A file is not what pkcs11.conf(5) describes; none of it is used, as p11-kit does. */
export class P11KitFileError extends Error {
  readonly code = 'p11-kit-file';
  readonly path: string;

  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`reading ${path}: ${what}`, options);
    this.name = 'P11KitFileError';
    this.path = path;
  }
}

const setting = /^([A-Za-z0-9._-]+)[ \t]*:(.*)$/;

/** pkcs11.conf(5), FILE FORMAT. Of a name that is there twice the last counts. Throws `P11KitFileError`. */
export function parseP11KitFile(path: string, octets: Uint8Array): P11KitSettings {
  const settings = new Map<string, string>();
  textOf(path, octets)
    .split('\n')
    .forEach((raw, index) => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) return;
      const [, name, value] = setting.exec(line) ?? [];
      if (name === undefined || value === undefined) {
        throw new P11KitFileError(path, `line ${index + 1} is no setting`);
      }
      settings.set(name, value.trim());
    });
  return settings;
}

function textOf(path: string, octets: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    throw new P11KitFileError(path, 'not UTF-8', { cause: error });
  }
  if (octets.some(isControl)) throw new P11KitFileError(path, 'not a text');
  return text;
}

/** A tab and the CR of a line end are white space; nothing else of C0 is in a text. */
function isControl(octet: number): boolean {
  return octet === 0x7f || (octet < 0x20 && ![0x09, 0x0a, 0x0d].includes(octet));
}
