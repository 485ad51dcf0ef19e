import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `security`, `profiles` and `open` as their manual pages describe them, as far as the wallet runs them: shell scripts over OpenSSL and
 * files. They keep what they were started with.
 */
export class MacPrograms implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'countersign-mac-'));

  constructor() {
    for (const [name, text] of Object.entries(scripts)) {
      writeFileSync(this.program(name), `#!/bin/bash\nset -eu\nstate='${this.directory}'\n${text}`);
      chmodSync(this.program(name), 0o755);
    }
  }

  program(name: string): string {
    return join(this.directory, name);
  }

  /** Every line of parameters that anybody who lists processes could have seen. */
  get commandLines(): string {
    return this.#read('commands');
  }

  /** What was opened for the person. */
  get opened(): readonly string[] {
    return this.#read('opened').trim().split('\n').filter(Boolean);
  }

  /** As if the person had added a profile in System Settings. */
  addProfile(identifier: string): void {
    writeFileSync(join(this.directory, 'profiles.txt'), `${identifier}\n`);
  }

  /** How many certificates and keys there are. */
  get counts(): { readonly certificates: number; readonly keys: number } {
    const names = readdirSync(this.directory);
    const count = (ending: string) => names.filter((name) => name.endsWith(ending)).length;
    return { certificates: count('.crt'), keys: count('.key') };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.directory, name), 'utf8');
    } catch {
      // Nothing was started yet.
      return '';
    }
  }
}

const scripts = {
  security: String.raw`
echo "security $*" >> "$state/commands"
hash() { openssl x509 -in "$1" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g'; }
keep() { cp "$1" "$state/$(hash "$1").crt"; }
has_key() { for key in "$state"/*.key; do
  [ -e "$key" ] && [ "$(openssl pkey -in "$key" -pubout)" = "$(openssl x509 -in "$1" -noout -pubkey)" ] && return 0
done; return 1; }
case "$1" in
-i) IFS= read -r line; eval "set -- $line"
  [ "$1" = import ] && [ "$3 $4 $5 $6" = '-f pkcs12 -x -P' ] || { echo 'security: usage' >&2; exit 2; }
  export P="$7"; pem=$(mktemp -p "$state")
  openssl pkcs12 -legacy -in "$2" -passin env:P -nokeys -out "$pem" 2> /dev/null ||
    { echo 'security: SecKeychainItemImport: MAC verification failed' >&2; exit 1; }
  keep "$pem"
  openssl pkcs12 -legacy -in "$2" -passin env:P -nocerts -nodes 2> /dev/null | openssl pkey -out "$state/$(hash "$pem").key"
  rm "$pem" ;;
find-identity) number=0; for each in "$state"/*.crt; do
  if [ -e "$each" ] && has_key "$each"; then number=$((number + 1)); echo "  $number) $(basename "$each" .crt) \"name\""; fi
done ;;
find-certificate) for each in "$state"/*.crt; do [ -e "$each" ] && cat "$each"; done; true ;;
add-certificates) shift; for each; do
  pem=$(mktemp -p "$state"); openssl x509 -inform DER -in "$each" -out "$pem"; keep "$pem"; rm "$pem"
done ;;
delete-identity) rm "$state/$3.crt" "$state/$3.key" ;;
delete-certificate) rm "$state/$3.crt" ;;
*) exit 2 ;;
esac
`,
  profiles: String.raw`
echo "profiles $*" >> "$state/commands"
case "$1" in
list) if [ -s "$state/profiles.txt" ]; then
  while read -r each; do echo "alex[1] attribute: profileIdentifier: $each"; done < "$state/profiles.txt"
else echo 'There are no configuration profiles installed for user alex'; fi ;;
remove) : > "$state/profiles.txt" ;;
esac
`,
  open: String.raw`
echo "open $*" >> "$state/commands"
echo "$1" >> "$state/opened"
`,
} as const;
