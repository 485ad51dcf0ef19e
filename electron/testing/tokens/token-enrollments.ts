import type { CaOptions } from '../../../ca/running-ca.ts';
import type { EnrollmentState } from '../../../shared/enrollment-state.ts';
import type { KeyPlaceChoice } from '../../../shared/ipc-requests.ts';
import type { CredentialOffer } from '../../../shared/models/enrollment-profile.ts';
import type { TokenKeyView } from '../../../shared/models/token.ts';
import { withOwners } from '../../credentials/token-owners.ts';
import type { PinRequest } from '../../keys/pin.ts';
import { TokenError } from '../../pkcs11/token-error.ts';
import { reached, request, startProving, World, type Process } from '../enrollment-world.ts';
import { Pkcs11Shim } from './pkcs11-shim.ts';
import { SoftHsm } from './soft-hsm.ts';
import { pinOf, TokenWorld } from './token-world.ts';

export const tokenOffer: Partial<CredentialOffer> = {
  key: { types: ['P-256', 'RSA-2048'], places: ['token', 'software'], exportable: true },
  install: [],
};

type EndedWell = Extract<EnrollmentState, { step: 'done' }>;
type Interrupted = Extract<EnrollmentState, { step: 'interrupted' }>;

/** A CA, a SoftHSM behind a shim, and a person who types PINs. */
export class TokenEnrollments implements AsyncDisposable {
  readonly world: World;
  readonly hsm: SoftHsm;
  readonly shim: Pkcs11Shim;
  readonly token: TokenWorld;
  readonly asked: PinRequest[] = [];
  /** What the person types at each question, the last one from then on; `null`: declines. */
  pins: readonly (string | null)[];

  private constructor(parts: Pick<TokenEnrollments, 'world' | 'hsm' | 'shim' | 'token'>) {
    this.world = parts.world;
    this.hsm = parts.hsm;
    this.shim = parts.shim;
    this.token = parts.token;
    this.pins = [parts.hsm.token.pin];
    this.world.tokens = this.token.tokens;
    this.world.askPin = (asked) => this.#answer(asked);
  }

  static async start(pin = '123456', options: CaOptions = {}): Promise<TokenEnrollments> {
    const hsm = await SoftHsm.create({ label: 'work', pin });
    const shim = await Pkcs11Shim.around(hsm);
    const token = new TokenWorld({ modulePaths: [shim.modulePath], env: shim.env });
    return new TokenEnrollments({ world: await World.start(options), hsm, shim, token });
  }

  async tokenId(): Promise<string> {
    const id = this.token.tokens.tokenIdOf(await this.token.reference('work'));
    if (id === null) throw new Error('the token is not there');
    return id;
  }

  async place(keyId?: string): Promise<KeyPlaceChoice> {
    return { in: 'token', tokenId: await this.tokenId(), ...(keyId && { keyId }) };
  }

  /** All keys that are listed, after everything was looked at again. */
  async keys({ wallet }: Process): Promise<readonly TokenKeyView[]> {
    const { tokens } = this.token;
    await tokens.refresh();
    const tokenIdOf = (token: Parameters<typeof tokens.tokenIdOf>[0]) => tokens.tokenIdOf(token);
    return withOwners(tokens.modules, { wallet, tokenIdOf }).flatMap(({ readers }) =>
      readers.flatMap(({ token }) => token?.keys ?? []),
    );
  }

  async start(process: Process, keyPlace?: KeyPlaceChoice): Promise<string> {
    const { enrollmentId } = await process.enrollments.start({ ...request, keyPlace });
    return enrollmentId;
  }

  /** From the question for the code to the end. */
  async finish(process: Process, enrollmentId: string): Promise<EndedWell> {
    const proving = await startProving(process, enrollmentId);
    await proving.answer(this.world.code());
    return this.finishedAs(process, enrollmentId);
  }

  finishedAs(process: Process, enrollmentId: string): Promise<EndedWell> {
    return reached(process, enrollmentId, 'done');
  }

  interrupted(process: Process, enrollmentId: string): Promise<Interrupted> {
    return reached(process, enrollmentId, 'interrupted');
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await this.token[Symbol.asyncDispose]();
    await this.shim.stop();
    await this.hsm.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #answer(asked: PinRequest) {
    const pin = this.pins[Math.min(this.asked.length, this.pins.length - 1)] ?? null;
    this.asked.push(asked);
    if (pin === null) {
      const facts = { reason: 'pin-cancelled', module: asked.moduleName } as const;
      return Promise.reject(new TokenError(facts, 'asking for a PIN'));
    }
    const typed = asked.login === 'pin-pad' ? null : pinOf(pin);
    return Promise.resolve({ pin: typed, acceptFinalTry: true, tried: () => undefined });
  }
}
