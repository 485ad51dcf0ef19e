import type { ReactNode } from 'react';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { isolated } from '../bidi.ts';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { hostOf } from '../organization/fingerprint.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Messages, MessageForm } from './conversation.tsx';
import { IssuedList } from './issued-list.tsx';
import type { Section } from './part.tsx';
import { leftWords } from './span-words.ts';
import type { RequestPage } from './use-request-page.ts';
import { WhoDecides } from './who-decides.tsx';

interface BesideProps {
  readonly request: ApprovalRequest;
  readonly organization: Organization | undefined;
  readonly page: RequestPage;
  readonly go: (place: Place) => void;
  /** Its time is not over. */
  readonly isOpen: boolean;
}

/** What belongs to a request besides its document, which is never part of what is signed. */
export function besideDocument(props: BesideProps): Partial<Readonly<Record<Section, ReactNode>>> {
  return {
    who: <From {...props} />,
    why: <Questions {...props} />,
    deciding: <Deciding {...props} />,
  };
}

/** By which organisation the wallet was told, under the name that the wallet knows. */
function From({ organization }: BesideProps) {
  const { say, text } = useWords();
  if (organization === undefined) return null;
  return (
    <p className="quiet small breakable">
      {say('approval.from', {
        organization: isolated(text(organization.name)),
        host: isolated(hostOf(organization.directoryUrl)),
      })}
    </p>
  );
}

/** What was asked and answered, and a way to ask more while somebody can still be swayed by it. */
function Questions({ request, page, isOpen }: BesideProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { organizationId, approvalId, messages, roles, status } = request;
  const own = roles.includes('requester') ? 'answer' : 'ask';
  const mayAsk = isOpen && status === 'pending' && roles.some((role) => role !== 'auditor');
  const form = (
    <MessageForm
      label={say(`approval.${own}`)}
      labelHidden={messages.length === 0}
      hint={say(`approval.${own}.hint`)}
      action={say(`approval.${own}.action`)}
      send={(text) => api.approval.message({ organizationId, approvalId, text })}
      onSent={() => void page.reopen()}
    />
  );
  return (
    <>
      <Messages messages={messages} />
      {mayAsk && messages.length > 0 && form}
      {mayAsk && messages.length === 0 && own === 'ask' && (
        <Disclosure label={say('approval.ask')}>{form}</Disclosure>
      )}
    </>
  );
}

function Deciding({ request, isOpen, go }: BesideProps) {
  const words = useWords();
  const { document, status } = request;
  const left = leftWords(document.expires, useNow(30_000), words);
  return (
    <>
      {isOpen && left !== undefined && (
        <p className="quiet">{words.say('approval.left', { span: left })}</p>
      )}
      <WhoDecides
        {...request}
        isOpen={isOpen && status === 'pending'}
        required={document.rule.approvals}
        go={go}
      />
      <IssuedList request={request} />
    </>
  );
}
