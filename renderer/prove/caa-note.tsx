import type { CaaView } from '../../shared/enrollment-state.ts';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';

interface CaaNoteProps {
  readonly caa: CaaView;
  readonly host: string;
}

/** What the CA is called where a domain says who may issue for it, and what could not be found out about that. */
export function CaaNote({ caa: { identities, unasked }, host }: CaaNoteProps) {
  const { say } = useWords();
  const names = identities.join(', ');
  return (
    <>
      {unasked.length > 0 && (
        <Banner tone="note" title={say('prove.caa.unasked')}>
          <p className="breakable">
            {say('prove.caa.unasked.text', { domains: unasked.join(', '), host })}
          </p>
        </Banner>
      )}
      <p className="quiet small breakable">
        {names === ''
          ? say('prove.caa.nameless', { host })
          : say('prove.caa.called', { count: identities.length, names, host })}
      </p>
    </>
  );
}
