/** What is run on Linux with an administrator's rights: constant, for nobody else may say what that is. */
export const administratorPrograms = {
  /** pkexec(1), which asks for the password. */
  elevate: '/usr/bin/pkexec',
  install: '/usr/bin/install',
  remove: '/usr/bin/rm',
  move: '/usr/bin/mv',
} as const;
