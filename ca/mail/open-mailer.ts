import type { Setting } from '../setting.ts';
import type { Urls } from '../urls.ts';
import { createCorrespondence } from './correspondence.ts';
import { createMailer, forgetMails } from './mailer.ts';
import type { Mailer } from './mailer.ts';
import { createSender } from './sender.ts';

const none: Mailer = { stop: () => Promise.resolve() };

/** Where nobody said by which server, nobody is mailed. */
export function openMailer(
  { state, clock, log, mail }: Setting,
  { urls, root }: { readonly urls: Urls; readonly root: string },
): Mailer {
  if (mail === undefined) {
    forgetMails(state);
    return none;
  }
  const { server, from, retrySeconds = [60, 120, 300, 900, 3600] } = mail;
  return createMailer({
    ...{ state, clock, log, retrySeconds },
    correspondence: createCorrespondence({ state, urls, clock }),
    sender: createSender({ server, from, root }),
  });
}
