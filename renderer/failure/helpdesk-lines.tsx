import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

interface HelpdeskLinesProps {
  readonly helpdesk: Helpdesk;
  /** Whose page to open; without it the address is shown to be copied. */
  readonly organizationId?: string | undefined;
}

/** How to reach the people who can help. */
export function HelpdeskLines({ helpdesk, organizationId }: HelpdeskLinesProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const page = useRequest();
  return (
    <ul className="helpdesk">
      {helpdesk.phone !== undefined && <li className="breakable">{helpdesk.phone}</li>}
      {helpdesk.email !== undefined && <li className="breakable">{helpdesk.email}</li>}
      {helpdesk.url !== undefined &&
        (organizationId === undefined ? (
          <li className="breakable">{helpdesk.url}</li>
        ) : (
          <li>
            <Button
              tone="link"
              onPress={() =>
                void page.send(() =>
                  api.organization.openPage({ organizationId, page: 'helpdesk' }),
                )
              }
            >
              {say('helpdesk.open')}
              <Icon name="external" size={16} />
            </Button>
          </li>
        ))}
    </ul>
  );
}
