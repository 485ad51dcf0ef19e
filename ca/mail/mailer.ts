import type { State } from '../state.ts';
import type { WaitingMail } from '../state/outbox.ts';
import type { Correspondence } from './correspondence.ts';
import type { Delivery, Sender } from './sender.ts';

export type Mailer = {
  /** Resolves when nothing is under way; what was not sent waits for the next start. */
  stop(): Promise<void>;
};

export type MailerOptions = {
  readonly state: State;
  readonly correspondence: Correspondence;
  readonly sender: Sender;
  readonly clock: () => Date;
  /** Pauses, in seconds, before a mail is tried again; the last is repeated. */
  readonly retrySeconds: readonly number[];
  readonly log: (line: string) => void;
};

/** Up to which entry of the log mails were written. */
const CURSOR = 'mailedUpTo';
const THREE_DAYS = 3 * 24 * 3600 * 1000;
const PAGE = 100;
const LONGEST_SLEEP = 3600 * 1000;

/** What happened before the first mail is not told. */
function begin({ settings, approvalLog }: State): void {
  if ((settings.get(CURSOR) ?? '') !== '') return;
  settings.set(CURSOR, String(approvalLog.newest(1)[0]?.sequence ?? 0));
}

/** A CA that sends no mails has none to catch up with when it does one day. */
export function forgetMails({ settings, approvalReminders }: State): void {
  if (settings.get(CURSOR) !== undefined) settings.set(CURSOR, '');
  approvalReminders.take();
}

/** Writes mails about what happens and sees to it that they are sent; no request ever waits for it. */
export function createMailer(options: MailerOptions): Mailer {
  const { state, clock, sender } = options;
  begin(state);
  const rounds = createRounds(options);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  // Whoever wakes it during a round may have come too late for that.
  const run = async (): Promise<void> => {
    again = false;
    await rounds.round(() => stopped);
    if (isWanted()) await run();
  };
  const isWanted = (): boolean => again && !stopped;
  const wake = (): void => {
    again = true;
    if (stopped || running !== undefined) return;
    clearTimeout(timer);
    running = run()
      .catch((error: unknown) => options.log(`mails failed: ${String(error)}`))
      .finally(() => {
        running = undefined;
        sleep();
      });
  };
  const sleep = (): void => {
    const due = stopped ? undefined : state.outbox.nextDue();
    if (due === undefined) return;
    const pause = Math.max(20, due.getTime() - clock().getTime());
    timer = setTimeout(wake, Math.min(pause, LONGEST_SLEEP)).unref();
  };
  // Not within the request that made the entry.
  const soon = (): void => void setImmediate(wake);
  const subscriptions = [
    state.approvalLog.subscribe(soon),
    state.approvalReminders.subscribe(soon),
  ];
  soon();
  return {
    async stop() {
      stopped = true;
      subscriptions.forEach((unsubscribe) => unsubscribe());
      clearTimeout(timer);
      sender.close();
      await running;
    },
  };
}

function createRounds({ state, correspondence, sender, clock, ...rest }: MailerOptions) {
  const { retrySeconds, log } = rest;
  const { outbox, approvalLog, approvalReminders, settings } = state;
  const postpone = ({ id, attempts }: WaitingMail): void => {
    const pause = retrySeconds[Math.min(attempts, retrySeconds.length - 1)] ?? 60;
    outbox.postpone(id, new Date(clock().getTime() + pause * 1000));
  };

  /** Mails and how far they go are kept as one, so that none is written twice, and none forgotten. */
  function write(): boolean {
    return state.transaction(() => {
      const add = (mail: Parameters<typeof outbox.add>[0]): void => outbox.add(mail, clock());
      approvalReminders
        .take()
        .flatMap((request) => correspondence.reminding(request))
        .forEach(add);
      const entries = approvalLog.entries(Number(settings.get(CURSOR)), PAGE);
      entries.flatMap((entry) => correspondence.about(entry)).forEach(add);
      const last = entries.at(-1);
      if (last !== undefined) settings.set(CURSOR, String(last.sequence));
      return entries.length === PAGE;
    });
  }

  function settle(mail: WaitingMail, delivery: Delivery): void {
    const isOld = clock().getTime() - mail.createdAt.getTime() > THREE_DAYS;
    if (delivery.outcome === 'taken') outbox.remove(mail.id);
    else if (delivery.outcome === 'refused' || isOld) {
      log(`mail ${mail.id} is given up: ${delivery.why}`);
      outbox.remove(mail.id);
    } else postpone(mail);
  }

  return {
    async round(isOver: () => boolean): Promise<void> {
      while (write());
      const mails = outbox.due(clock(), PAGE);
      for (const [index, mail] of mails.entries()) {
        if (isOver()) return;
        const delivery = await sender.send(mail);
        // Broken off by the end of the CA: that was no attempt.
        if (isOver() && delivery.outcome !== 'taken') return;
        settle(mail, delivery);
        if (delivery.outcome !== 'unreachable') continue;
        log(`mails wait, ${outbox.count()} of them: ${delivery.why}`);
        mails.slice(index + 1).forEach(postpone);
        return;
      }
    },
  };
}
