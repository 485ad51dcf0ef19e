import { randomInt } from 'node:crypto';
import { DnsError, type DnsFault } from './dns-error.ts';
import {
  encodeQuery,
  encodeUpdate,
  parseMessage,
  recordTypes,
  type DnsMessage,
  type RecordType,
  type ResourceRecord,
} from './dns-message.ts';
import { domainName } from './dns-name.ts';
import {
  exchangeOverTcp,
  exchangeOverUdp,
  type DnsServer,
  type Exchange,
} from './dns-transport.ts';
import { signMessage, verifyAnswer, type TsigKey } from './tsig.ts';

export interface DnsClientOptions {
  /** Milliseconds for one question or update. */
  readonly timeout?: number;
  /** How often a datagram is sent before nobody is there. */
  readonly attempts?: number;
  /** In [0, 65536), not to be guessed. */
  readonly newId?: () => number;
  readonly now?: () => Date;
}

export interface UpdateRequest {
  readonly server: DnsServer;
  readonly key: TsigKey;
  readonly transport: 'tcp' | 'udp';
  readonly zone: string;
  readonly changes: readonly ResourceRecord[];
}

type Asking<T> = Pick<Exchange<T>, 'doing' | 'server' | 'message' | 'read'>;

/** Asks name servers, and changes what they know. Throws `DnsError`; an abort rejects with the signal's reason. */
export class DnsClient {
  readonly #timeout: number;
  readonly #attempts: number;
  readonly #newId: () => number;
  readonly #now: () => Date;

  constructor(options: DnsClientOptions = {}) {
    this.#timeout = options.timeout ?? 3_000;
    this.#attempts = options.attempts ?? 3;
    this.#newId = options.newId ?? (() => randomInt(0x10000));
    this.#now = options.now ?? (() => new Date());
  }

  /** The answer, whether or not the name exists; every other RCODE throws. */
  async query(
    server: DnsServer,
    question: { readonly name: string; readonly type: RecordType },
    signal?: AbortSignal,
  ): Promise<DnsMessage> {
    const doing = 'asking a name server';
    const name = domainName(question.name);
    const id = this.#newId();
    const asking = {
      doing,
      server,
      message: encodeQuery(id, name, question.type),
      read: (octets: Buffer) => {
        if (!hasId(octets, id)) return undefined;
        const answer = parseMessage(octets);
        const asked = answer.question;
        const ours = asked?.name === name && asked.type === recordTypes[question.type];
        return answer.response && ours ? answer : undefined;
      },
    };
    const short = await this.#overUdp(asking, signal);
    const answer = short.truncated ? await this.#overTcp(asking, signal) : short;
    return refuseUnless(['NOERROR', 'NXDOMAIN'], answer, doing);
  }

  /** RFC 2136 §3: all changes are made, or none. */
  async update(request: UpdateRequest, signal?: AbortSignal): Promise<void> {
    const doing = 'updating a zone';
    const { server, key, zone, changes } = request;
    const id = this.#newId();
    const { octets, mac } = signMessage(encodeUpdate(id, zone, changes), key, this.#now());
    const read = (answer: Buffer): DnsMessage | undefined =>
      hasId(answer, id)
        ? verifyAnswer(answer, { key, requestMac: mac, now: this.#now() })
        : undefined;
    const asking = { doing, server, message: octets, read };
    // Sent again, an update that had arrived changes nothing: it says what shall be there.
    const answer = await (request.transport === 'udp'
      ? this.#unlessForged(asking, signal)
      : this.#overTcp(asking, signal));
    refuseUnless(['NOERROR'], answer, doing);
  }

  /** RFC 8945 §5.4: over UDP an answer without a good signature is passed over, because the real one may follow it. */
  async #unlessForged<T>(asking: Asking<T>, signal: AbortSignal | undefined): Promise<T> {
    let doubtful: DnsError | undefined;
    const read = (answer: Buffer): T | undefined => {
      try {
        return asking.read(answer);
      } catch (error) {
        if (!isFault(error, 'unsigned')) throw error;
        doubtful = error;
        return undefined;
      }
    };
    try {
      return await this.#overUdp({ ...asking, read }, signal);
    } catch (error) {
      throw isFault(error, 'timeout') ? (doubtful ?? error) : error;
    }
  }

  async #overUdp<T>(asking: Asking<T>, signal: AbortSignal | undefined): Promise<T> {
    const timeout = this.#timeout / this.#attempts;
    for (let left = this.#attempts - 1; ; left -= 1) {
      try {
        return await exchangeOverUdp({ ...asking, timeout, signal });
      } catch (error) {
        if (left === 0 || !isFault(error, 'timeout')) throw error;
      }
    }
  }

  #overTcp<T>(asking: Asking<T>, signal: AbortSignal | undefined): Promise<T> {
    return exchangeOverTcp({ ...asking, timeout: this.#timeout, signal });
  }
}

const hasId = (message: Buffer, id: number): boolean =>
  message.length >= 2 && message.readUInt16BE(0) === id;

const isFault = (error: unknown, reason: DnsFault): error is DnsError =>
  error instanceof DnsError && error.reason === reason;

function refuseUnless(good: readonly string[], answer: DnsMessage, doing: string): DnsMessage {
  if (good.includes(answer.rcode)) return answer;
  throw new DnsError('rcode', doing, { rcode: answer.rcode });
}
