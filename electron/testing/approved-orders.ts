import { createHash } from 'node:crypto';
import type { MemberRole } from '../../ca/organizations.ts';
import { readRegistration } from '../../ca/passkeys/responses.ts';
import type { Person } from '../../ca/people-types.ts';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { ApprovalProgress } from '../../shared/models/approval.ts';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { ApprovalResource } from '../acme/approval-resource.ts';
import type { AskedForApproval } from '../acme/approval-requests.ts';
import { AcmeClient } from '../acme/client.ts';
import { canonicalJson } from '../approvals/canonical-json.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { permittedCreation, permittedRequest } from '../passkeys/options.ts';
import { reached, request, type Process, type World } from './enrollment-world.ts';
import { newSigner } from './local-ca.ts';
import { SoftwareAuthenticator } from './passkeys/software-authenticator.ts';

export const corporation = 'Example Corp';
export const domain = 'corp.example';

/** Others have to approve it, and nobody proves anything. */
export const approvedOffer: Partial<CredentialOffer> = {
  purpose: 'codeSigning',
  profile: 'one-time-code-signing',
  identifiers: [{ type: 'dns', value: domain }],
  install: [],
  approval: { required: 2 },
};

type Proving = Extract<EnrollmentState, { step: 'proving' }>;

interface Approver {
  readonly client: AcmeClient;
  readonly authenticator: SoftwareAuthenticator;
}

const identifier = { type: 'dns', value: domain } as const;

/** People who approve what Alex, or a service, asks for: a few lines of docs/approvals.md, and a passkey each. */
export class Approvers {
  readonly kim: Approver;
  readonly robin: Approver;
  readonly #world: World;
  readonly #http: HttpClient;

  private constructor(world: World, http: HttpClient, both: readonly [Approver, Approver]) {
    this.#world = world;
    this.#http = http;
    [this.kim, this.robin] = both;
  }

  static async of(world: World): Promise<Approvers> {
    const { ca, service } = world;
    const { id } = ca.organizations.create({ name: corporation, domains: [domain] });
    const add = (subject: `person:${string}` | `service:${string}`, role: MemberRole): void =>
      ca.organizations.addMember(id, subject, role);
    add(service === undefined ? `person:${world.personId}` : `service:${service}`, 'requester');
    const http = createHttpClient({ rootsFor: () => [ca.rootPem], timeout: 10_000 });
    const hire = async (name: string): Promise<Approver> => {
      const email = `${name.toLowerCase()}@${domain}`;
      const person = ca.people.register({ name: `${name} Example`, email });
      add(`person:${person.id}`, 'approver');
      return approverOf(world, http, person);
    };
    return new Approvers(world, http, [await hire('Kim'), await hire('Robin')]);
  }

  async approve(url: string): Promise<void> {
    for (const each of [this.kim, this.robin]) await this.approveBy(each, url);
  }

  async approveBy(approver: Approver, url: string): Promise<void> {
    await this.#sign(approver, { approval: url });
  }

  async decline(url: string, reason: string): Promise<void> {
    const { document } = await this.read(url);
    await this.kim.client.approvals.decline(url, { digest: digestOf(document), reason });
  }

  async withdraw(url: string): Promise<void> {
    await this.kim.client.approvals.withdraw(url, 'No builds today');
  }

  /** So many certificates for whom the world's wallets are, beforehand. */
  async agreeTo(count: number): Promise<string> {
    const { service } = this.#world;
    const until = new Date(this.#world.now().getTime() + 86_400_000);
    const standing = {
      requester: service === undefined ? { email: 'alex@example.test' } : { service },
      ...{ profile: 'one-time-code-signing', count, reason: 'Nightly builds' },
      until: `${until.toISOString().slice(0, 19)}Z`,
    };
    const url = await this.#sign(this.kim, { standing });
    await this.approveBy(this.robin, url);
    return url;
  }

  /** What the CA says of a request. */
  read(url: string): Promise<ApprovalResource> {
    return this.kim.client.approvals.fetch(url);
  }

  stop(): void {
    this.#http.close();
  }

  /** docs/approvals.md §4: the passkey signs KA′. */
  async #sign({ client, authenticator }: Approver, asked: AskedForApproval): Promise<string> {
    const authorization = await client.approvals.authorize(identifier, asked);
    const challenge = authorization.challenges.find(({ type }) => type === 'ppkp-01');
    if (challenge?.token === undefined) throw new Error('no passkey is asked for');
    const digest = digestOf(challenge.approval);
    const bound = client.challenges.keyAuthorization(challenge.token, digest);
    const { origin, hostname } = new URL(this.#world.ca.directoryUrl);
    const options = permittedRequest(
      {
        challenge: createHash('sha256').update(bound).digest('base64url'),
        ...{ rpId: hostname, userVerification: 'required' },
      },
      origin,
    );
    const credential = authenticator.get(origin, options);
    await client.challenges.respond(challenge.url, {
      credential: { ...credential, response: { ...credential.response } },
    });
    const { status } = await client.authorizations.poll(authorization.url);
    if (status !== 'valid') throw new Error(`the approval is ${status}`);
    return authorization.approval ?? ('approval' in asked ? asked.approval : '');
  }
}

async function approverOf(world: World, http: HttpClient, person: Person): Promise<Approver> {
  const { ca, clock } = world;
  const { directoryUrl } = ca;
  const client = await AcmeClient.connect({ http, clock, directoryUrl, signer: newSigner() });
  const externalAccountBinding = ca.people.invite({ for: { personId: person.id } });
  await client.account.newAccount({ termsOfServiceAgreed: true, externalAccountBinding });
  const authenticator = new SoftwareAuthenticator();
  const applicant = { person, holder: `test:${person.id}` };
  const { publicKey } = ca.passkeyDesk.begin(applicant);
  const made = authenticator.create(ca.origin, permittedCreation(publicKey, ca.origin));
  await ca.passkeyDesk.finish(applicant, { response: readRegistration(made), name: 'Key' });
  return { client, authenticator };
}

const digestOf = (document: unknown): string =>
  createHash('sha256').update(canonicalJson(document)).digest('base64url');

export interface Waiting {
  readonly enrollmentId: string;
  readonly state: Proving;
  /** Of the request. */
  readonly url: string;
}

/** Starts an enrolment that others approve, and waits until it waits for them. */
export async function startWaiting(process: Process, reason: string): Promise<Waiting> {
  const { enrollmentId } = await process.enrollments.start({ ...request, reason });
  return waitsFor(process, enrollmentId);
}

export async function waitsFor(process: Process, enrollmentId: string): Promise<Waiting> {
  const isShown = (state: Proving): boolean => progressIn(state) !== undefined;
  const state = await reached(process, enrollmentId, 'proving', isShown);
  return { enrollmentId, state, url: progressIn(state)?.approvalId ?? '' };
}

export const progressIn = ({ authorizations }: Proving): ApprovalProgress | undefined =>
  authorizations.find(({ approval }) => approval !== undefined)?.approval;
