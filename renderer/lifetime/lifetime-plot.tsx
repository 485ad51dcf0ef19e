import type { CredentialSummary } from '../../shared/models/credential.ts';
import { useNow } from '../clock.ts';
import { useWords } from '../words.ts';
import { lifetimeGeometry, phaseOf } from './lifetime.ts';
import './lifetime-plot.css';

const minute = 60_000;

/** Issue, now, renewal window and expiry on one line; the dates below say the same in words. */
export function LifetimePlot({ credential }: { readonly credential: CredentialSummary }) {
  const { say, shortDate } = useWords();
  const time = useNow(minute);
  const { now, renewalStart, renewalEnd } = lifetimeGeometry(credential, time);
  const phase = phaseOf(credential, time);
  const over = phase === 'expired' || phase === 'revoked';
  return (
    <div className={over ? 'lifetime lifetime-over' : 'lifetime'}>
      <svg className="lifetime-plot" height="20" aria-hidden="true">
        <rect className="lifetime-track" x="0" y="8" width="100%" height="4" rx="2" />
        {!over && (
          <rect
            className="lifetime-renewal"
            x={`${renewalStart}%`}
            y="5"
            width={`${renewalEnd - renewalStart}%`}
            height="10"
            rx="5"
          />
        )}
        <rect className="lifetime-gone" x="0" y="8" width={`${now}%`} height="4" rx="2" />
        <circle className="lifetime-now" cx={`${now}%`} cy="10" r="5.5" />
      </svg>
      <p className="lifetime-dates">
        <span>{say('lifetime.issued', { date: shortDate(credential.notBefore) })}</span>
        {!over && (
          <span>{say('lifetime.renewal', { date: shortDate(credential.renewal.start) })}</span>
        )}
        <span>
          {say(phase === 'expired' ? 'lifetime.expired' : 'lifetime.expires', {
            date: shortDate(credential.notAfter),
          })}
        </span>
      </p>
    </div>
  );
}
