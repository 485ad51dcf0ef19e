/** So many things in a minute, whoever asks. */
export type Pace = {
  /** 0 when one more may be done, and is counted; else the seconds to wait. */
  take(): number;
};

const MINUTE = 60_000;

export function createPace(most: number, clock: () => Date): Pace {
  let minute = 0;
  let taken = 0;
  return {
    take() {
      const now = clock().getTime();
      if (Math.floor(now / MINUTE) !== minute) {
        minute = Math.floor(now / MINUTE);
        taken = 0;
      }
      if (taken >= most) return Math.max(1, Math.ceil(((minute + 1) * MINUTE - now) / 1000));
      taken += 1;
      return 0;
    },
  };
}
