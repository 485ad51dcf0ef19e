import type { PowerMonitor } from 'electron';

/**
 * Does it each time the person goes away: as the screen is locked, and before the computer sleeps. Clocks by which a
 * login ends stand still meanwhile.
 */
export function whenAway(power: Pick<PowerMonitor, 'on'>, leave: () => void): void {
  power.on('suspend', leave);
  power.on('lock-screen', leave);
}
