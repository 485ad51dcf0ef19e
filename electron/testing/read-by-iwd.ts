import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { multiarchFile } from './tokens/multiarch-file.ts';

// The library in which iwd reads its profiles.
const reader = `
import ctypes, json, sys
ell = ctypes.CDLL(sys.argv[1])
for name in ('l_settings_new', 'l_settings_get_string', 'l_settings_get_embedded_value'):
    getattr(ell, name).restype = ctypes.c_void_p
settings = ctypes.c_void_p(ell.l_settings_new())
ell.l_settings_load_from_file.restype = ctypes.c_bool
assert ell.l_settings_load_from_file(settings, sys.argv[2].encode())
text = lambda at: None if not at else ctypes.string_at(at).decode()
keys = ('EAP-Method', 'EAP-Identity', 'EAP-TLS-CACert', 'EAP-TLS-ClientCert', 'EAP-TLS-ClientKey',
    'EAP-TLS-ClientKeyPassphrase', 'EAP-TLS-ServerDomainMask')
found = {key: text(ell.l_settings_get_string(settings, b'Security', key.encode())) for key in keys}
kind = ctypes.c_char_p()
for key, value in list(found.items()):
    if value and value.startswith('embed:'):
        found[key] = text(ell.l_settings_get_embedded_value(settings, value[6:].encode(), ctypes.byref(kind)))
print(json.dumps(found))
`;

/** What iwd takes out of one of its profiles, by the names of its settings; embedded PEM in place of its name. */
export async function readByIwd(file: string): Promise<Record<string, string | null>> {
  const library = await multiarchFile('libell.so.0', 'libell0');
  const { stdout } = await promisify(execFile)('python3', ['-c', reader, library, file]);
  return JSON.parse(stdout) as Record<string, string | null>;
}
