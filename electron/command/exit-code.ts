/** How the command ends; docs/command.md is the promise, and scripts rely on it. */
export const exitCodes = {
  done: 0,
  /** What was asked did not come about; the failure says why. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** No such organisation, offer, token, key or enrolment. */
  'not-found': 3,
  /** Nobody vouches for the organisation, or somebody else's fingerprint was given. */
  'not-trusted': 4,
  /** A PIN or a code is missing or was refused. */
  'not-unlocked': 5,
  /** The enrolment stopped on the way and can go on (`--resume`). */
  interrupted: 6,
  /** The wallet is open elsewhere, or secrets cannot be kept now. */
  'not-available': 7,
  /** Done, but whoever was to read the result had gone. */
  unread: 8,
  /** Others have to approve it, and that was not waited for; it can go on (`--resume`). */
  waiting: 9,
  /** Who has to approve it has not: declined, too late, withdrawn, or nobody agreed beforehand (`sign --once`). */
  'not-approved': 10,
  /** By Ctrl+C; what was begun was taken back. */
  cancelled: 130,
} as const;

export type Outcome = keyof typeof exitCodes;
