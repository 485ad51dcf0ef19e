import { session } from 'electron';
import { withCredentials } from './http/environment-routes.ts';
import { routesOfPac } from './http/pac-result.ts';
import type { RoutesFor } from './http/route.ts';

/**
 * The routes that this desktop is set to, by its owner or by a PAC script, as Chromium understands them. Chromium leaves
 * credentials out; those for a proxy that the environment names too come from there.
 */
export function systemRoutes(environment: NodeJS.ProcessEnv): RoutesFor {
  const ask: RoutesFor = async (origin) =>
    routesOfPac(await session.defaultSession.resolveProxy(`${origin}/`));
  return withCredentials(ask, environment);
}
