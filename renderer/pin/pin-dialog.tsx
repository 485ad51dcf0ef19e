import type { PinQuestion } from '../../shared/models/token.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useRequest, type Request } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { PinForm } from './pin-form.tsx';
import { PinPadForm } from './pin-pad-form.tsx';
import './pin.css';

interface PinDialogProps {
  readonly question: PinQuestion;
  /** What is typed may still be meant for the question before. */
  readonly held: boolean;
  readonly go: (place: Place) => void;
}

/** Asks for the PIN of a token: which one, what for, for whom, and how many tries are left. */
export function PinDialog({ question, held, go }: PinDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const request = useRequest();
  const { questionId, reason, pin, login } = question;
  const decline = (): void => {
    // What is being tried cannot be taken back; on a PIN pad the reader has a key for that.
    if (request.busy || question.isWaiting) return;
    void request.send(() => api.token.declinePin({ questionId }));
  };
  return (
    <Dialog title={say('pin.title', { token: useTokenName(question) })} onClose={decline}>
      <p>{say(`pin.reason.${reason}`)}</p>
      <PinContext question={question} />
      <Trouble question={question} request={request} />
      {pin === 'locked' && (
        <Locked
          onClose={decline}
          onTokens={() => {
            decline();
            go({ at: 'tokens' });
          }}
        />
      )}
      {pin !== 'locked' && login === 'pin' && (
        <PinForm {...{ question, held, request }} onDecline={decline} />
      )}
      {pin !== 'locked' && login === 'pin-pad' && (
        <PinPadForm {...{ question, held, request }} onDecline={decline} />
      )}
    </Dialog>
  );
}

function useTokenName({ token }: PinQuestion): string {
  const { say } = useWords();
  if (token.label !== '') return token.label;
  return say(token.kind === 'tpm' ? 'tokens.tpm' : 'tokens.unnamed');
}

function PinContext({ question }: { readonly question: PinQuestion }) {
  const { say, text } = useWords();
  const { token, moduleName, organizationName, pin } = question;
  const facts: readonly Fact[] = [
    [say('pin.token'), [token.manufacturer, token.model].filter((part) => part !== '').join(', ')],
    [say('tokens.serial'), token.serial],
    [say('tokens.reader'), token.reader],
    [say('tokens.driver'), moduleName],
    [say('pin.organization'), organizationName === undefined ? '' : text(organizationName)],
    [say('pin.state'), pin === 'ok' ? '' : say(`pinState.${pin}`)],
  ];
  return (
    <div className="pin-context">
      <Facts facts={facts.filter(([, value]) => value !== '')} />
    </div>
  );
}

/** How the last answer failed, and what the next one may cost. */
function Trouble({ question, request }: Pick<PinDialogProps, 'question'> & { request: Request }) {
  const { say } = useWords();
  const { pin, token } = question;
  const failure = request.failure ?? question.failure;
  const busy = request.busy || question.isWaiting;
  // By far the most frequent: it is told in a few words, so that the field stays in sight.
  const wrong = failure?.code === 'token' && failure.reason === 'pin-incorrect';
  return (
    <>
      {failure !== undefined && !busy && !wrong && (
        <FailureMessage failure={failure} tone="warning" />
      )}
      {wrong && !busy && pin !== 'locked' && (
        <Banner tone="warning" title={say('failure.token.pin-incorrect.what')} announced>
          <p>{say('failure.token.pin-incorrect.why')}</p>
        </Banner>
      )}
      {pin === 'count-low' && failure === undefined && (
        <Banner tone="warning" title={say('pin.low.title')}>
          <p>{say('pin.low.text')}</p>
        </Banner>
      )}
      {pin === 'final-try' && (
        <Banner tone="danger" title={say('pin.final.title')} announced>
          <p>{say('pin.final.text')}</p>
        </Banner>
      )}
      {pin === 'locked' && (failure === undefined || wrong) && (
        <FailureMessage
          failure={{
            code: 'token',
            reason: 'pin-locked',
            module: token.manufacturer,
            token: token.label,
          }}
        />
      )}
    </>
  );
}

interface LockedProps {
  readonly onClose: () => void;
  readonly onTokens: () => void;
}

/** There is nothing to type any more; the cure is on another screen. */
function Locked({ onClose, onTokens }: LockedProps) {
  const { say } = useWords();
  return (
    <DialogActions>
      <Button onPress={onClose}>{say('action.close')}</Button>
      <Button tone="primary" onPress={onTokens}>
        {say('pin.openTokens')}
      </Button>
    </DialogActions>
  );
}
