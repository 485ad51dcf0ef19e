// npm run ca: the local CA alone, for other people's ACME clients and for wallets on this computer.
import { parseArgs } from 'node:util';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { runScript, SetupError } from './setup/say.mjs';

const usage = `Usage: npm run ca -- [options]
  --port <n>          where to listen on 127.0.0.1 (default 14443; 0: any free port)
  --state <folder>    where to keep accounts and keys (default .local-ca/ca)
  --http-port <n>     where http-01 looks for answers (default 80)
  --tls-port <n>      where tls-alpn-01 looks for answers (default 443)
  --dns-server <a:p>  resolver for all validation (default: the system's)
  --caa <check|off>   whether CAA records are asked before issuance (default: check with --dns-server)
  --host <name=addr>  address of a name for http-01 and tls-alpn-01; may be repeated
  --radius <a:p>      RADIUS server that judges one-time passwords (otp-01)
  --radius-secret-file <file>
                      what it shares with this CA, in a file of its own
  --network <file>    network (JSON, docs/local-ca.md) that the offer “Wi-Fi and VPN” leads to
  --organization <file>
                      organisation (JSON, docs/local-ca.md) whose certificates others approve; may be repeated
  --smtp <smtp[s]://[user@]host:port>
                      server for mails about approvals; its password is in SMTP_PASSWORD or the next
  --smtp-password-file <file>
                      the password, in a file of its own
  --mail-from <address>
                      where mails come from
  --challenge-root <file>
                      CAs (PEM) whose certificates prove who somebody is (cert-01); may be repeated
  --challenge-crl <file>
                      their revocation lists (PEM), read anew each time; may be repeated
  --challenge-maps <certificate|key|person-email|device-serial>
                      how they are held against whom an account is bound to (default certificate)
  --conformance <folder>
                      a CA without a state, with people for npm run conformance; what they have goes there
  --open              let accounts register without an external account key
  --quiet             do not print requests
  --help`;

await runScript(async () => {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { serveLocalCa } = await import('./local-ca.mjs');
  return serveLocalCa(options);
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        state: { type: 'string' },
        'http-port': { type: 'string' },
        'tls-port': { type: 'string' },
        'dns-server': { type: 'string' },
        caa: { type: 'string' },
        host: { type: 'string', multiple: true },
        radius: { type: 'string' },
        'radius-secret-file': { type: 'string' },
        network: { type: 'string' },
        organization: { type: 'string', multiple: true },
        smtp: { type: 'string' },
        'smtp-password-file': { type: 'string' },
        'mail-from': { type: 'string' },
        'challenge-root': { type: 'string', multiple: true },
        'challenge-crl': { type: 'string', multiple: true },
        'challenge-maps': { type: 'string' },
        conformance: { type: 'string' },
        open: { type: 'boolean' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values.help ? undefined : values;
  } catch (error) {
    throw new SetupError(`${error.message}\n${usage}`);
  }
}
