import { session } from 'electron';
import { routesOfPac } from './http/pac-result.ts';
import type { Route } from './http/route.ts';

/** The routes that this desktop is set to, by its owner or by a PAC script, as Chromium understands them. */
export async function systemRoutes(origin: string): Promise<readonly Route[]> {
  return routesOfPac(await session.defaultSession.resolveProxy(`${origin}/`));
}
