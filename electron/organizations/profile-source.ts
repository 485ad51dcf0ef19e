import { HttpError, type HttpClient } from '../http/http-client.ts';
import { ProfileError } from './errors.ts';
import { maximumProfileSize, profileMediaType } from './profile.ts';

/** Fetches the signed profile at an https URL. Throws `HttpError`, `ProfileError`, or the signal's reason. */
export type FetchProfile = (url: string, signal: AbortSignal) => Promise<string>;

export interface ProfileSourceOptions {
  /** Knows the roots of organisations that were joined. */
  readonly http: Pick<HttpClient, 'request'>;
  /**
   * Takes any server certificate: a stranger's profile is believed for its signature and a comparison, never for
   * the server it lay on, and its own roots cannot be known before it is read.
   */
  readonly unauthenticatedHttp: Pick<HttpClient, 'request'>;
  /** Whether an organisation with a directory at that origin was joined. */
  readonly isKnownOrigin: (origin: string) => boolean;
}

/** Milliseconds. */
const timeout = 15_000;

/** Where profiles come from over the network. */
export function profileSource(options: ProfileSourceOptions): FetchProfile {
  return async (url, signal) => {
    const { origin, host } = new URL(url);
    const http = options.isKnownOrigin(origin) ? options.http : options.unauthenticatedHttp;
    const response = await http.request({
      method: 'GET',
      url,
      headers: { accept: profileMediaType },
      signal,
      timeout,
      maximumSize: maximumProfileSize,
    });
    if (response.status === 404 || response.status === 410) {
      throw new ProfileError('not-a-profile', `${host} has no profile at the invitation's address`);
    }
    if (response.status !== 200) {
      throw new HttpError('response-malformed', host, {
        cause: new Error(`status ${response.status} for a profile`),
      });
    }
    return Buffer.from(response.body).toString('utf8');
  };
}
