import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { Place } from '../navigation.ts';
import { waitsForOthers } from '../prove/waits-for-others.ts';
import { useDismissal } from '../progress/use-dismissal.ts';
import { purposeIcons } from '../purpose.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { FailureMessage } from '../failure/failure-message.tsx';

type UnfinishedEnrollment = Exclude<EnrollmentState, { step: 'done' | 'cancelled' }>;

function isUnfinished(enrollment: EnrollmentState): enrollment is UnfinishedEnrollment {
  return enrollment.step !== 'done' && enrollment.step !== 'cancelled';
}

/** Enrolments that have not ended yet, or not well. */
export function UnfinishedList({ go }: { readonly go: (place: Place) => void }) {
  const { say } = useWords();
  const unfinished = useWalletState().enrollments.filter(isUnfinished);
  if (unfinished.length === 0) return null;
  return (
    <section className="home-section" aria-label={say('home.unfinished')}>
      <h2>{say('home.unfinished')}</h2>
      <ul className="home-section">
        {unfinished.map((enrollment) => (
          <Unfinished key={enrollment.enrollmentId} enrollment={enrollment} go={go} />
        ))}
      </ul>
    </section>
  );
}

interface UnfinishedProps {
  readonly enrollment: UnfinishedEnrollment;
  readonly go: (place: Place) => void;
}

function Unfinished({ enrollment, go }: UnfinishedProps) {
  const { say, text } = useWords();
  const { api } = useWallet();
  const dismiss = useDismissal();
  const { failure, busy, send } = useRequest();
  const { enrollmentId, step } = enrollment;
  const name = text(enrollment.name);
  const open = (): void => go({ at: 'enrollment', enrollmentId });
  const resume = async (): Promise<void> => {
    const resumed = await send(() => api.enrollment.resume({ enrollmentId }));
    if (resumed.ok) open();
  };
  return (
    <li className="unfinished">
      <Icon name={purposeIcons[enrollment.purpose]} size={24} />
      <div>
        <h3 className="breakable">{name}</h3>
        <p className="quiet breakable">
          {say(
            waitsForOthers(enrollment) ? 'home.unfinished.approval' : `home.unfinished.${step}`,
            {
              host: enrollment.caHost,
            },
          )}
        </p>
      </div>
      <div className="unfinished-actions">
        {step === 'interrupted' ? (
          <Button
            tone="primary"
            busy={busy}
            name={say('home.resume.of', { name })}
            onPress={() => void resume()}
          >
            {say('progress.resume')}
          </Button>
        ) : (
          <Button name={say('home.show.of', { name })} onPress={open}>
            {say('home.show')}
          </Button>
        )}
        {step === 'failed' && (
          <Button
            tone="quiet"
            name={say('home.dismiss.of', { name })}
            onPress={() => void dismiss(enrollmentId)}
          >
            {say('home.dismiss')}
          </Button>
        )}
      </div>
      {failure !== null && <FailureMessage failure={failure} />}
    </li>
  );
}
