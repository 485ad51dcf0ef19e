import type {
  TokenCertificateView,
  TokenCompatibility,
  TokenView,
} from '../../shared/models/token.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { isDevice } from '../tokens/findings.ts';
import { tokenName } from '../tokens/plugged-in.ts';
import { MovementStatus } from '../tokens/movement-status.tsx';
import { Choice, type Option } from '../ui/choice.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { CompatibilityReport } from './compatibility-report.tsx';
import {
  existingIdOf,
  existingKeyOf,
  replacedWith,
  type Here,
  type PlaceOption,
} from './key-place.ts';
import type { KeyPlaceState } from './use-key-place.ts';

/** Where will the key live? Asked only where there is more than one answer, or a token is needed. */
export function KeyPlaceChoice({ state }: { readonly state: KeyPlaceState }) {
  const words = useWords();
  const { tokens } = useWalletState();
  const { here, options, option, choose } = state;
  if (
    options.length < 2 &&
    (option === undefined || option.in === 'software' || option.in === 'os')
  )
    return null;
  return (
    <div className="key-place">
      <Choice
        legend={words.say('keyPlace.question')}
        value={option?.id}
        options={options.map((each) => shownOption(each, here, words))}
        onChoose={choose}
      />
      <MovementStatus tokens={tokens} />
      {here.failure !== undefined && <FailureMessage failure={here.failure} tone="warning" />}
      {option?.in === 'token' && option.report !== undefined && (
        <CompatibilityReport report={option.report} name={tokenName(option.one.token, words)} />
      )}
      <ExistingKey state={state} />
    </div>
  );
}

function shownOption(option: PlaceOption, here: Here, words: Words): Option<string> {
  const { say } = words;
  const { id } = option;
  switch (option.in) {
    case 'software':
    case 'os':
      return {
        value: id,
        name: say(`keyPlace.${option.in}`),
        icon: 'laptop',
        rest: say(`keyPlace.${option.in}.rest`),
      };
    case 'token': {
      const { token, reader } = option.one;
      const chip = token.kind === 'tpm';
      return {
        value: id,
        name: placeName(option, words),
        icon: chip ? 'chip' : 'card',
        rest: (
          <>
            <p>
              {option.report === undefined
                ? say('keyPlace.busy')
                : say(verdictId(option.report, token))}
            </p>
            {!chip && (
              <p className="small breakable">
                <bdi>{reader}</bdi>
              </p>
            )}
          </>
        ),
      };
    }
    case 'await':
      return {
        value: id,
        name: say(`keyPlace.${option.kind}`),
        icon: option.kind === 'tpm' ? 'chip' : 'card',
        rest: say(awaitWords(option.kind, here.looked)),
      };
  }
}

/** That nobody can copy a key is said only of what is a device. */
function verdictId({ verdict }: TokenCompatibility, token: TokenView) {
  return verdict === 'fits' && !isDevice(token)
    ? 'verdict.fits.file'
    : (`verdict.${verdict}` as const);
}

function awaitWords(kind: 'token' | 'tpm', looked: boolean) {
  if (kind === 'token') return 'keyPlace.token.plugIn';
  return looked ? 'keyPlace.tpm.absent' : 'keyPlace.looking';
}

function placeName({ one }: Extract<PlaceOption, { in: 'token' }>, { say }: Words): string {
  if (one.token.kind === 'tpm') return say('keyPlace.tpm');
  const { label } = one.token;
  return label === ''
    ? say('keyPlace.token.unnamed')
    : say('keyPlace.token.named', { token: label });
}

/** Where no key can be made, one that is there has to do. */
function ExistingKey({ state }: { readonly state: KeyPlaceState }) {
  const { say } = useWords();
  const { option, existingKey, chooseExisting } = state;
  if (option?.in !== 'token' || option.report?.verdict !== 'fits-with-existing-key') return null;
  const chosen = existingKeyOf(option, existingKey);
  return (
    <Choice
      legend={say('keyPlace.existing')}
      value={chosen && existingIdOf(option, chosen.keyId)}
      options={option.report.existingKeys.map(({ keyId, label, algorithm }) => ({
        value: existingIdOf(option, keyId),
        name: label === '' ? say('keyPlace.existing.unnamed') : label,
        icon: 'key',
        rest: <ExistingKeyRest algorithm={algorithm} replaced={replacedWith(option, keyId)} />,
      }))}
      onChoose={chooseExisting}
    />
  );
}

interface ExistingKeyRestProps {
  readonly algorithm: string;
  readonly replaced: TokenCertificateView | undefined;
}

/** What kind of key it is, and what is lost by using it. */
function ExistingKeyRest({ algorithm, replaced }: ExistingKeyRestProps) {
  const { say } = useWords();
  return (
    <>
      <p>{say('keyPlace.existing.type', { algorithm })}</p>
      {replaced !== undefined && (
        <p className="breakable">
          <strong>{say('keyPlace.existing.replaces')}</strong>{' '}
          <bdi>
            {say('keyPlace.existing.replaced', {
              subject: replaced.subject,
              issuer: replaced.issuer,
            })}
          </bdi>
        </p>
      )}
    </>
  );
}
