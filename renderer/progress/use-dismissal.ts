import { useWallet } from '../wallet.ts';

/** Takes an enrolment off the list, in main and here; true when it is gone. */
export function useDismissal(): (enrollmentId: string) => Promise<boolean> {
  const { api, forget } = useWallet();
  return async (enrollmentId) => {
    const dismissed = await api.enrollment.dismiss({ enrollmentId });
    const gone = dismissed.ok || dismissed.failure.code === 'not-found';
    if (gone) forget(enrollmentId);
    return gone;
  };
}
