import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegistration } from '../../ca/passkeys/responses.ts';
import type { Person } from '../../ca/people-types.ts';
import type { CaOptions, RunningCa } from '../../ca/running-ca.ts';
import type { MemberRole } from '../../ca/organizations.ts';
import { startCa } from '../../ca/server.ts';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import { AcmeClient } from '../acme/client.ts';
import { openHouse, type House } from '../house.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { direct } from '../http/route.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { permittedCreation } from '../passkeys/options.ts';
import { ForkedProcessLauncher } from '../pkcs11/forked-process.ts';
import { linuxPlatform } from '../platform/linux.ts';
import { SoftwareAuthenticator } from './passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from './passkeys/software-ceremonies.ts';
import { freePorts } from './server-program.ts';
import { tokenProgram } from './tokens/token-world.ts';
import { WireTapper } from './wire-tapper.ts';

/** As the wallets know it. */
export const organizationId = 'corp.example';
/** As the CA knows it. */
export const corporation = 'Example Corp';
const domain = 'corp.example';

/** Somebody at work: their wallet without a window, and the passkey in their pocket. */
export interface Colleague {
  readonly person: Person;
  readonly house: House;
  /** Where they are asked for their passkey. */
  readonly ceremonies: SoftwareCeremonies;
}

/**
 * An organisation whose people approve each other's requests: the real CA, somebody who ends TLS before it, and a wallet
 * each, as the program opens it. The environment has to name a bus with a secret service.
 */
export class ApprovalWorld implements AsyncDisposable {
  readonly ca: RunningCa;
  readonly tapper: WireTapper;
  /** What no wallet foresaw, and what they had to report. */
  readonly troubles: unknown[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), 'countersign-approvals-'));
  readonly #houses: House[] = [];
  #http: HttpClient | undefined;
  #requester: Promise<AcmeClient> | undefined;

  private constructor(ca: RunningCa, tapper: WireTapper) {
    this.ca = ca;
    this.tapper = tapper;
  }

  static async start(options: CaOptions = {}): Promise<ApprovalWorld> {
    const tapper = await WireTapper.start();
    const { origin } = tapper;
    const [port = 0] = await freePorts(1);
    const ca = await startCa({ port, state: 'memory', ...options, origin });
    tapper.standBefore({ port, rootPem: ca.rootPem });
    ca.organizations.create({ name: corporation, domains: [domain] });
    return new ApprovalWorld(ca, tapper);
  }

  /** Alex asks for a certificate for documents, with a key that is said to be on a token. Resolves to the request's URL. */
  async request(reason = 'Contracts of this winter'): Promise<string> {
    const client = await (this.#requester ??= this.#connect(this.#register('Alex', 'requester')));
    const order = await client.orders.newOrder({
      identifiers: [{ type: 'dns', value: domain }],
      profile: 'ev-document-signing',
      approval: {
        reason,
        key: {
          ...{ spki: someSpki().toString('base64url'), place: 'token' },
          token: { manufacturer: 'Yubico', model: 'YubiKey 5C', serial: '24680' },
          ...{ neverExtractable: true, local: true },
        },
      },
    });
    const read = order.authorizations.map((url) => client.authorizations.fetch(url));
    const url = (await Promise.all(read)).find(({ approval }) => approval !== undefined)?.approval;
    if (url === undefined) throw new Error('nobody is asked to approve it');
    return url;
  }

  #register(name: string, role: MemberRole): Person {
    const email = `${name.toLowerCase()}@${domain}`;
    const { people, organizations } = this.ca;
    const person = people.register({ name: `${name} Example`, email });
    const { id } = organizations.findByName(corporation) ?? { id: '' };
    organizations.addMember(id, `person:${person.id}`, role);
    return person;
  }

  async #connect({ id: personId }: Person): Promise<AcmeClient> {
    const { ca } = this;
    this.#http ??= createHttpClient({
      rootsFor: () => [ca.rootPem, this.tapper.rootPem],
      timeout: 10_000,
    });
    const client = await AcmeClient.connect({
      ...{ http: this.#http, directoryUrl: ca.directoryUrl },
      signer: new KeyObjectSigner(newKey().privateKey),
    });
    const { kid, macKey } = ca.people.invite({ for: { personId } });
    await client.account.newAccount({
      termsOfServiceAgreed: true,
      externalAccountBinding: { kid, macKey },
    });
    return client;
  }

  /** Registers somebody, gives them a passkey, and has their wallet join the organisation. */
  async hire(name: string, role: MemberRole = 'approver'): Promise<Colleague> {
    const person = this.#register(name, role);
    const ceremonies = new SoftwareCeremonies(await this.#givePasskey(person));
    const house = openHouse({
      ...{ version: '0.0.0', localCaPath: null, languages: ['en'], installs: false },
      platform: {
        ...linuxPlatform({ env: { HOME: join(this.#directory, name) }, osRelease: null }),
        userDataDirectory: join(this.#directory, name),
      },
      directory: join(this.#directory, name, 'wallet'),
      routesFor: () => Promise.resolve([direct]),
      launcher: new ForkedProcessLauncher({ program: tokenProgram }),
      passkeysIn: () => ({ ceremonies, ways: ['window'] }),
      toFailure: failureTranslator((error) => this.troubles.push(error)),
      report: (doing, error) => this.troubles.push([doing, error]),
    });
    this.#houses.push(house);
    await this.#join(house, person);
    return { person, house, ceremonies };
  }

  async #join({ organizations }: House, person: Person): Promise<void> {
    const { kid, macKey } = this.ca.people.invite({ for: { personId: person.id } });
    const profile = this.#profile();
    await organizations.join(
      {
        ...{ id: organizationId, profile, joinedAt: new Date().toISOString() },
        signedProfile: `e30.${Buffer.from(JSON.stringify(profile)).toString('base64url')}.c2ln`,
        signer: { hex: 'ab'.repeat(32), words: Array.from('abcdefgh') },
        ...{ vouchedBy: { by: 'local-ca' }, invitedEmail: person.email },
      },
      { kid, macKey },
    );
  }

  #profile(): EnrollmentProfile {
    const base64 = (pem: string): string => new X509Certificate(pem).raw.toString('base64');
    return {
      ...{ version: 1, id: organizationId },
      ...{ issued: '2026-11-22T00:00:00.000Z', expires: '2036-11-22T00:00:00.000Z' },
      organization: { name: { en: 'Example Corp' }, terms: this.ca.termsUrl },
      directory: this.ca.directoryUrl,
      roots: [base64(this.ca.rootPem), base64(this.tapper.rootPem)],
      externalAccount: 'required',
      credentials: [
        {
          ...{ id: 'wifi', name: { en: 'Wi-Fi' }, purpose: 'client', profile: 'employee' },
          identifiers: [{ type: 'email', value: '{subject.email}' }],
          key: { types: ['P-256'], places: ['software'], exportable: false },
          install: [],
        },
      ],
    };
  }

  /** By a whole ceremony, without an account or a page. */
  async #givePasskey(person: Person): Promise<SoftwareAuthenticator> {
    const authenticator = new SoftwareAuthenticator();
    const { origin, passkeyDesk } = this.ca;
    const applicant = { person, holder: `test:${person.id}` };
    const { publicKey } = passkeyDesk.begin(applicant);
    const made = authenticator.create(origin, permittedCreation(publicKey, origin));
    await passkeyDesk.finish(applicant, { response: readRegistration(made), name: 'Pocket key' });
    return authenticator;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const house of this.#houses) await house.close();
    this.#http?.close();
    await this.ca.stop();
    await this.tapper[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** DER of a key that nobody keeps. */
const someSpki = (): Buffer => newKey().publicKey.export({ type: 'spki', format: 'der' });
