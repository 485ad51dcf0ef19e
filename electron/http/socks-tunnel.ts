import { isIPv4, isIPv6, type Socket } from 'node:net';
import { HttpError, type HttpFault } from './http-client.ts';
import type { TunnelOptions } from './http-tunnel.ts';
import { authorityOf, type ProxyCredentials } from './route.ts';
import { SocketReader } from './socket-reader.ts';

const version = 5;
const method = { none: 0x00, password: 0x02 } as const;
const connectCommand = 0x01;
const addressTypes = { ipv4: 0x01, name: 0x03, ipv6: 0x04 } as const;

/** Has a SOCKS proxy pass on all that the socket carries from now on; names are looked up there (RFC 1928, RFC 1929). */
export async function openSocksTunnel(
  socket: Socket,
  { proxy, destination, signal }: TunnelOptions,
): Promise<Socket> {
  const refuse = (fault: HttpFault): never => {
    socket.destroy();
    throw new HttpError(fault, authorityOf(proxy), { sent: false });
  };
  const reader = new SocketReader(socket, signal);
  const { credentials } = proxy;
  const offered = credentials ? [method.none, method.password] : [method.none];
  socket.write(Buffer.from([version, offered.length, ...offered]));
  const [spoken, chosen] = await reader.read(2);
  if (spoken !== version) return refuse('response-malformed');
  if (chosen === method.password && credentials) {
    socket.write(passwordMessage(credentials));
    const [, status] = await reader.read(2);
    if (status !== 0) return refuse('proxy-authentication');
  } else if (chosen !== method.none) return refuse('proxy-authentication');
  socket.write(Buffer.from([version, connectCommand, 0, ...addressOf(destination)]));
  const [again, reply, , type] = await reader.read(4);
  if (again !== version) return refuse('response-malformed');
  if (reply !== 0) return refuse('proxy-refused');
  if (!(await skipAddress(reader, type))) return refuse('response-malformed');
  // Whoever is behind the proxy waits for a TLS client's first word: nobody can have said anything yet.
  return reader.isEmpty ? socket : refuse('response-malformed');
}

/** RFC 1929 §2. */
function passwordMessage({ username, password }: ProxyCredentials): Buffer {
  return Buffer.concat([Buffer.from([0x01]), counted(username), counted(password)]);
}

/** RFC 1928 §4 and §5: type, address and port. */
function addressOf({ host, port }: TunnelOptions['destination']): Buffer {
  const address = isIPv4(host)
    ? Buffer.from([addressTypes.ipv4, ...host.split('.').map(Number)])
    : isIPv6(host)
      ? Buffer.concat([Buffer.from([addressTypes.ipv6]), octetsOfIpv6(host)])
      : Buffer.concat([Buffer.from([addressTypes.name]), counted(host)]);
  return Buffer.concat([address, Buffer.from([port >> 8, port & 0xff])]);
}

/** A length in one octet, and the text. */
function counted(text: string): Buffer {
  const octets = Buffer.from(text);
  if (octets.length > 255) throw new RangeError('SOCKS takes at most 255 octets of text');
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}

/** In the form that `URL` gives addresses: hexadecimal groups only. */
function octetsOfIpv6(address: string): Buffer {
  const [front = [], back = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Where the proxy's own end is, which is of no interest; false when it is said in an unknown way. */
async function skipAddress(reader: SocketReader, type: number | undefined): Promise<boolean> {
  const length = await addressLength(reader, type);
  if (length === undefined) return false;
  await reader.read(length + 2);
  return true;
}

async function addressLength(
  reader: SocketReader,
  type: number | undefined,
): Promise<number | undefined> {
  if (type === addressTypes.ipv4) return 4;
  if (type === addressTypes.ipv6) return 16;
  return type === addressTypes.name ? (await reader.read(1))[0] : undefined;
}
