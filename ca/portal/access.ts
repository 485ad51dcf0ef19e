import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may see the portal: whoever once presented the key that the starter printed. */
export type PortalAccess = {
  /** base64url, 16 bytes. */
  readonly key: string;
  /** A `Set-Cookie` value for the right key, else undefined. */
  admit(presentedKey: string): string | undefined;
  isAdmitted(request: IncomingMessage): boolean;
};

// The prefix makes browsers refuse the cookie unless it is Secure, for this host and for every path.
const cookieName = '__Host-portal';
const mostSessions = 64;

export function createPortalAccess(random: (bytes: number) => Buffer = randomBytes): PortalAccess {
  const key = random(16).toString('base64url');
  const sessions = new Set<string>();
  return {
    key,
    admit(presentedKey) {
      if (!timingSafeEqual(sha256(presentedKey), sha256(key))) return undefined;
      const session = random(32).toString('base64url');
      sessions.add(session);
      dropOldest(sessions);
      return `${cookieName}=${session}; Path=/; Secure; HttpOnly; SameSite=Strict`;
    },
    // A look-up by a 256-bit random value leaks nothing useful by its timing.
    isAdmitted: (request) => cookies(request).some((session) => sessions.has(session)),
  };
}

/**
 * Whether a form was sent by one of our own pages. Browsers send `Origin` with every POST;
 * something else than our own origin, or nothing, is refused.
 */
export function comesFromOurPages(request: IncomingMessage, origin: string): boolean {
  return request.headers.origin === origin;
}

function cookies(request: IncomingMessage): string[] {
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .map((pair) => pair.slice(cookieName.length + 1));
}

function dropOldest(sessions: Set<string>): void {
  const [oldest] = sessions;
  if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
