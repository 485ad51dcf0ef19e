import type { Place, Underway } from '../navigation.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { ActionBar } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { useDismissal } from './use-dismissal.ts';

interface ProgressActionsProps {
  readonly enrollment: Underway;
  readonly go: (place: Place) => void;
}

/** What can be done with an enrolment that runs, stands still or has ended without a credential. */
export function ProgressActions({ enrollment, go }: ProgressActionsProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const dismiss = useDismissal();
  const { enrollmentId, organizationId, offerId, step } = enrollment;
  const cancel = (
    <Button off={busy} onPress={() => void send(() => api.enrollment.cancel({ enrollmentId }))}>
      {say('progress.cancel')}
    </Button>
  );
  const leave = async (next: Place): Promise<void> => {
    if (await dismiss(enrollmentId)) go(next);
  };
  return (
    <>
      {failure !== null && <FailureMessage failure={failure} />}
      <ActionBar>
        {step === 'working' && cancel}
        {step === 'interrupted' && (
          <>
            <Button
              tone="primary"
              busy={busy}
              onPress={() => void send(() => api.enrollment.resume({ enrollmentId }))}
            >
              {say('progress.resume')}
            </Button>
            {cancel}
          </>
        )}
        {(step === 'failed' || step === 'cancelled') && (
          <>
            <Button
              tone="primary"
              onPress={() =>
                void leave({
                  at: 'choose',
                  organizationId,
                  invitation: { offerId, bindsAccount: false },
                })
              }
            >
              {say('progress.again')}
            </Button>
            <Button onPress={() => void leave({ at: 'home' })}>{say('action.close')}</Button>
          </>
        )}
      </ActionBar>
    </>
  );
}
