import { X509Certificate } from 'node:crypto';
import type { KnownCredential } from './install-target.ts';
import { holds } from './nss-credential.ts';
import type { NssDatabase } from './nss-database.ts';

/** By this the wallet knows again which intermediates it brought. */
const prefix = 'Countersign issuer ';

/** Adds the intermediates that are not there yet, without trust, so that browsers can send a whole chain. */
export async function addIssuers(
  database: NssDatabase,
  chain: readonly X509Certificate[],
): Promise<void> {
  for (const issuer of chain.filter((each) => !isRoot(each))) {
    if (await holds(database, issuer)) continue;
    await database.addCertificate(nicknameOf(issuer), issuer, ',,');
  }
}

/**
 * Removes those of the wallet's intermediates that have issued nothing that is still in the database, nor any of
 * `others`, which lie on tokens.
 */
export async function removeOrphanedIssuers(
  database: NssDatabase,
  others: readonly KnownCredential[],
): Promise<void> {
  const onTokens = others.filter(({ token }) => token !== undefined);
  const elsewhere = onTokens.map(({ certificate }) => new X509Certificate(certificate));
  let remaining = await everything(database);
  for (;;) {
    const orphan = remaining.find(
      (each) =>
        each.nickname === nicknameOf(each.certificate) && !isNeeded(each, remaining, elsewhere),
    );
    if (!orphan) return;
    await database.removeCertificate(orphan.nickname);
    remaining = remaining.filter((each) => each !== orphan);
  }
}

interface Named {
  readonly nickname: string;
  readonly certificate: X509Certificate;
}

async function everything(database: NssDatabase): Promise<readonly Named[]> {
  const nicknames = await database.nicknames();
  if (!nicknames.some((nickname) => nickname.startsWith(prefix))) return [];
  const named: Named[] = [];
  for (const nickname of nicknames) {
    const certificates = await database.certificates(nickname);
    named.push(...certificates.map((certificate) => ({ nickname, certificate })));
  }
  return named;
}

function isNeeded(
  issuer: Named,
  all: readonly Named[],
  elsewhere: readonly X509Certificate[],
): boolean {
  const others = all.filter((each) => each !== issuer).map(({ certificate }) => certificate);
  return [...others, ...elsewhere].some((each) => each.checkIssued(issuer.certificate));
}

function nicknameOf({ fingerprint256 }: X509Certificate): string {
  return prefix + fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate);
}
