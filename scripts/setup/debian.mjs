import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

/**
 * @typedef {object} SystemPackage
 * @property {string} name as Debian calls it
 * @property {readonly string[]} programs what must be on the path for it to count as there
 * @property {readonly string[]} [files] what must lie where it says; one folder may be `*`, whatever its name
 * @property {string} purpose
 */

/** What building npm packages with native parts takes. @type {readonly SystemPackage[]} */
export const buildPackages = [
  { name: 'g++', programs: ['g++'], purpose: 'native npm packages' },
  { name: 'make', programs: ['make'], purpose: 'native npm packages' },
  { name: 'python3', programs: ['python3'], purpose: 'native npm packages' },
];

/** What the stand-in runs on, and what proves mutual TLS. @type {readonly SystemPackage[]} */
export const browserPackages = [
  { name: 'chromium', programs: ['chromium'], purpose: 'the stand-in and the proof of mutual TLS' },
];

/** What the wallet installs credentials with. @type {readonly SystemPackage[]} */
export const installPackages = [
  {
    name: 'libnss3-tools',
    programs: ['certutil', 'pk12util', 'cmsutil', 'tstclnt', 'modutil'],
    purpose: 'installing into the databases that browsers read',
  },
];

/** What a secret store takes on a machine without a desktop session. @type {readonly SystemPackage[]} */
export const sessionPackages = [
  {
    name: 'gnome-keyring',
    programs: ['gnome-keyring-daemon'],
    purpose: 'a secret store for the wallet',
  },
  { name: 'dbus-daemon', programs: ['dbus-daemon'], purpose: 'a secret store for the wallet' },
  { name: 'dbus-bin', programs: ['dbus-send'], purpose: 'a secret store for the wallet' },
  { name: 'util-linux', programs: ['setpriv'], purpose: 'programs that end with their parent' },
];

/** What the figures are measured with and beside. @type {readonly SystemPackage[]} */
export const benchPackages = [
  { name: 'time', programs: ['time'], purpose: 'what a process costs' },
  { name: 'pebble', programs: ['pebble', 'pebble-challtestsrv'], purpose: 'the server' },
  { name: 'lego', programs: ['lego'], purpose: 'a client to be compared with' },
  { name: 'certbot', programs: ['certbot'], purpose: 'a client to be compared with' },
];

/** Tokens without hardware, and what they are looked at with. @type {readonly SystemPackage[]} */
export const tokenPackages = [
  { name: 'softhsm2', programs: ['softhsm2-util'], purpose: 'tokens that are files' },
  { name: 'gcc', programs: ['gcc'], purpose: 'a PKCS #11 module that fails when it is told to' },
  {
    name: 'libp11-kit-dev',
    programs: [],
    files: ['/usr/include/p11-kit-1/p11-kit/pkcs11.h'],
    purpose: 'a PKCS #11 module that fails when it is told to',
  },
  { name: 'opensc', programs: ['piv-tool', 'pkcs11-tool'], purpose: 'smart cards' },
  {
    name: 'opensc-pkcs11',
    programs: [],
    files: ['/usr/lib/*/pkcs11/opensc-pkcs11.so'],
    purpose: 'smart cards',
  },
  { name: 'pcscd', programs: ['pcscd'], purpose: 'smart card readers' },
  {
    name: 'vsmartcard-vpcd',
    programs: [],
    files: ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
    purpose: 'a smart card reader without hardware',
  },
  { name: 'mount', programs: ['mount'], purpose: 'smart card readers, apart from those of others' },
  { name: 'swtpm', programs: ['swtpm'], purpose: 'a TPM without hardware' },
  { name: 'tpm2-tools', programs: ['tpm2_shutdown'], purpose: 'a TPM without hardware' },
  { name: 'tpm2-abrmd', programs: ['tpm2-abrmd'], purpose: 'several programs at one TPM' },
  {
    name: 'libtss2-tcti-swtpm0',
    programs: [],
    files: ['/usr/lib/*/libtss2-tcti-swtpm.so.0'],
    purpose: 'a TPM without hardware',
  },
  {
    name: 'libtss2-tcti-tabrmd0',
    programs: [],
    files: ['/usr/lib/*/libtss2-tcti-tabrmd.so.0'],
    purpose: 'several programs at one TPM',
  },
  {
    name: 'libtpm2-pkcs11-1',
    programs: [],
    files: ['/usr/lib/*/pkcs11/libtpm2_pkcs11.so'],
    purpose: 'a TPM as a token',
  },
  { name: 'libtpm2-pkcs11-tools', programs: ['tpm2_ptool'], purpose: 'a TPM as a token' },
  { name: 'xvfb', programs: ['Xvfb'], purpose: 'a screen for a PIN dialog' },
  { name: 'xdotool', programs: ['xdotool'], purpose: 'typing into a PIN dialog' },
];

/** What signs programs, and what keys on tokens sign in to, as other people's programs. @type {readonly SystemPackage[]} */
export const signingPackages = [
  { name: 'osslsigncode', programs: ['osslsigncode'], purpose: 'signing programs for Windows' },
  {
    name: 'libengine-pkcs11-openssl',
    programs: [],
    files: ['/usr/lib/*/engines-3/pkcs11.so'],
    purpose: 'keys on tokens for OpenSSL',
  },
  {
    name: 'openjdk-17-jdk-headless',
    programs: ['jarsigner', 'keytool'],
    purpose: 'signing Java archives',
  },
  { name: 'git', programs: ['git'], purpose: 'signing commits' },
  {
    name: 'openssh-client',
    programs: ['ssh', 'ssh-agent', 'ssh-keygen'],
    purpose: 'signing in and signing files with keys on tokens',
  },
  { name: 'openvpn', programs: ['openvpn'], purpose: 'reading its configuration' },
  { name: 'strongswan-swanctl', programs: ['swanctl'], purpose: 'reading its configuration' },
  { name: 'charon-systemd', programs: ['charon-systemd'], purpose: 'reading its configuration' },
];

/** What the tests take besides: software that is not ours and has to get along with it. @type {readonly SystemPackage[]} */
export const testPackages = [
  { name: 'openssl', programs: ['openssl'], purpose: 'checking certificates' },
  { name: 'jq', programs: ['jq'], purpose: 'verifying receipts by the steps of the document' },
  { name: 'pebble', programs: ['pebble', 'pebble-challtestsrv'], purpose: 'a second ACME server' },
  { name: 'knot', programs: ['knotd'], purpose: 'a name server that takes updates' },
  { name: 'knot-dnsutils', programs: ['kdig'], purpose: 'a second pair of eyes on DNS' },
  { name: 'caddy', programs: ['caddy'], purpose: 'a third ACME server' },
  { name: 'lego', programs: ['lego'], purpose: 'an ACME client of others' },
  { name: 'certbot', programs: ['certbot'], purpose: 'an ACME client of others' },
  { name: 'acme-tiny', programs: ['acme-tiny'], purpose: 'an ACME client of others' },
  { name: 'dehydrated', programs: ['dehydrated'], purpose: 'an ACME client of others' },
  { name: 'libsecret-tools', programs: ['secret-tool'], purpose: 'reading the secret store' },
  { name: 'tinyproxy', programs: ['tinyproxy'], purpose: 'a proxy on the way to a server' },
  { name: 'microsocks', programs: ['microsocks'], purpose: 'a proxy of another kind' },
  { name: 'curl', programs: ['curl'], purpose: 'a second mutual-TLS client' },
  { name: 'firefox-esr', programs: ['firefox-esr'], purpose: 'signing in with Firefox' },
  { name: 'freeradius', programs: ['freeradius'], purpose: 'a judge of one-time passwords' },
  { name: 'python3-aiosmtpd', programs: ['aiosmtpd'], purpose: 'a mail server' },
  { name: 'eapoltest', programs: ['eapol_test'], purpose: 'the proof of EAP-TLS' },
  {
    name: 'network-manager',
    programs: ['nmcli', 'NetworkManager'],
    purpose: 'joining networks with a credential',
  },
  { name: 'hostapd', programs: ['hostapd'], purpose: 'a socket in the wall that asks for 802.1X' },
  { name: 'iproute2', programs: ['ip'], purpose: 'networks of one test' },
  { name: 'wpasupplicant', programs: ['wpa_supplicant'], purpose: 'judging its configuration' },
  {
    name: 'libell0',
    programs: [],
    files: ['/usr/lib/*/libell.so.0'],
    purpose: 'judging profiles for iwd',
  },
  {
    name: 'libengine-pkcs11-openssl',
    programs: [],
    files: ['/usr/lib/*/engines-3/pkcs11.so'],
    purpose: 'EAP-TLS with keys on tokens',
  },
  { name: 'poppler-utils', programs: ['pdfsig'], purpose: 'judging signatures on documents' },
  { name: 'qpdf', programs: ['qpdf'], purpose: 'documents of every structure, and judging them' },
  { name: 'libxml2-utils', programs: ['xmllint'], purpose: 'judging profiles for Windows' },
  { name: 'libplist-utils', programs: ['plistutil'], purpose: 'judging profiles for macOS' },
  ...tokenPackages,
  ...signingPackages,
];

/**
 * @param {readonly SystemPackage[]} packages
 * @returns {SystemPackage[]}
 */
export function missingSystemPackages(packages) {
  return packages.filter(
    ({ programs, files = [] }) => !programs.every(isOnPath) || !files.every(isFile),
  );
}

/**
 * Installs system packages where that is ours to do: on Debian, as root. Elsewhere says what to do.
 *
 * @param {readonly SystemPackage[]} packages
 */
export async function ensureSystemPackages(packages) {
  const missing = await installMissing(packages);
  if (missing.length > 0) throw new SetupError(explain(missing));
}

/**
 * The same for packages that one can do without for now.
 *
 * @param {readonly SystemPackage[]} packages
 */
export async function nameMissingPackages(packages) {
  const missing = await installMissing(packages);
  if (missing.length > 0) say(explain(missing));
}

/**
 * @param {readonly SystemPackage[]} packages
 * @returns {Promise<SystemPackage[]>} what is still missing
 */
async function installMissing(packages) {
  if (process.platform !== 'linux') return [];
  const missing = missingSystemPackages(packages);
  if (missing.length === 0 || !isDebian() || process.getuid?.() !== 0) return missing;
  const names = missing.map(({ name }) => name);
  say(`installing system packages: ${names.join(', ')}`);
  await install(names);
  return missingSystemPackages(missing);
}

/** Not one of those made from it: their packages have the same names and may be something else. */
function isDebian() {
  return (
    existsSync('/etc/os-release') &&
    /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}

/** @param {readonly string[]} names */
async function install(names) {
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=2'];
  // systemctl(1): nothing is started. Tests start what they need apart from the computer's own, whose network
  // NetworkManager, say, would take over.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' };
  const attempt = () =>
    run('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...names], { env });
  if ((await attempt()).code === 0) return;
  // The package lists are missing or older than the archive.
  const update = await run('apt-get', [...options, 'update'], { env });
  const { code, output } = await attempt();
  if (code !== 0) throw new SetupError('apt-get could not install them', update.output + output);
}

/** @param {readonly SystemPackage[]} missing */
function explain(missing) {
  const lines = missing.map(({ name, purpose }) => `    ${name}: for ${purpose}`);
  const names = missing.map(({ name }) => name).join(' ');
  const command = `apt-get install --no-install-recommends ${names}`;
  const where = isDebian() ? `Install as root: ${command}` : `On Debian they come by: ${command}`;
  return ['these system packages are missing:', ...lines, `  ${where}`].join('\n');
}

/** @param {string} program */
function isOnPath(program) {
  // Debian keeps servers where only root's path leads.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(error.code)) return false;
      throw error;
    }
  });
}

/** @param {string} pattern */
function isFile(pattern) {
  const [folder, rest] = pattern.split('/*/');
  if (rest === undefined) return existsSync(pattern);
  return (
    existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, rest)))
  );
}
