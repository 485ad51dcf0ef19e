import type { Failure } from '../../shared/failure.ts';

/** The technical side of a failure: names as standards and programs use them, not translated. */
export function failureFacts(failure: Failure): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [['code', codeOf(failure)]];
  const problem = 'problem' in failure ? failure.problem : undefined;
  if (problem !== undefined) {
    facts.push(['type', problem.type], ['status', String(problem.status)]);
    if (problem.instance !== undefined) facts.push(['instance', problem.instance]);
    for (const { type, identifier } of problem.subproblems) {
      facts.push(['subproblem', identifier === undefined ? type : `${type} ${identifier.value}`]);
    }
  }
  if (failure.code === 'unsupported-challenge') facts.push(['types', failure.types.join(', ')]);
  if (failure.code === 'unsafe-challenge') facts.push(['type', failure.type]);
  if (failure.code === 'passkey' && failure.detail !== undefined)
    facts.push(['WebAuthn', failure.detail]);
  if (failure.code === 'network') facts.push(['host', failure.host]);
  if (failure.code === 'caa') facts.push(['domain', failure.domain], ['CAA', failure.at]);
  const { code } = failure;
  if ((code === 'install' || code === 'profile' || code === 'approval') && failure.detail)
    facts.push(['detail', failure.detail]);
  return [...facts, ...tokenFacts(failure)];
}

function tokenFacts(failure: Failure): readonly (readonly [string, string])[] {
  if (failure.code !== 'token' && failure.code !== 'token-module') return [];
  const { detail } = failure;
  const where =
    failure.code === 'token-module'
      ? [['path', failure.path] as const]
      : [
          ...(failure.token === undefined ? [] : [['token', failure.token] as const]),
          ['module', failure.module] as const,
        ];
  return detail === undefined ? where : [...where, ['detail', detail]];
}

function codeOf(failure: Failure): string {
  if (failure.code === 'install' && failure.link !== undefined)
    return `${failure.code}/${failure.reason}/${failure.link}`;
  return 'reason' in failure ? `${failure.code}/${failure.reason}` : failure.code;
}
