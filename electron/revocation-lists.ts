import { HttpError, type HttpClient } from './http/http-client.ts';
import type { ReadRevocationList } from './install/network/own-look.ts';

const timeout = 10_000;
const maximumSize = 4 * 1024 * 1024;

/** Gets lists of revoked certificates, which their issuers have signed, by https alone. */
export const revocationListsBy =
  (http: HttpClient): ReadRevocationList =>
  async (url) => {
    const { status, body } = await http.request({ method: 'GET', url, timeout, maximumSize });
    if (status !== 200) throw new HttpError('response-malformed', new URL(url).host);
    return body;
  };
