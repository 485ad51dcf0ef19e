import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type ReceivedMail = {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, with its headers. */
  readonly raw: string;
  readonly tls: boolean;
  readonly user: string | null;
};

export type MailServerWishes = {
  /** Any free one when not said. */
  readonly port?: number;
  /** Files of PEM: TLS from the start, or by STARTTLS before anything else. */
  readonly certificate?: string;
  readonly key?: string;
  readonly implicit?: boolean;
  readonly login?: readonly [user: string, password: string];
  /** Addresses that get 550. */
  readonly refused?: readonly string[];
  /** Addresses that get 451 once. */
  readonly deferred?: readonly string[];
};

export type TestMailServer = {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  stop(): Promise<void>;
};

const script = fileURLToPath(new URL('mail-server.py', import.meta.url));

/** Debian's aiosmtpd (python3-aiosmtpd) on the loopback interface. It ends with this process. */
export async function startMailServer(wishes: MailServerWishes = {}): Promise<TestMailServer> {
  // Debian's Python has Debian's packages.
  const command = ['KILL', '/usr/bin/python3', script, JSON.stringify(wishes)];
  const child = spawn('setpriv', ['--pdeathsig', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const mails: ReceivedMail[] = [];
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { port: number } | ReceivedMail;
      if ('port' in said) resolve(said.port);
      else mails.push({ ...said, raw: Buffer.from(said.raw, 'base64').toString() });
    });
    child.once('close', () => reject(new Error(`aiosmtpd ended: ${complaints}`)));
  });
  return {
    ...{ port, mails },
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}
