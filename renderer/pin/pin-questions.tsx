import type { Place } from '../navigation.ts';
import { useWalletState } from '../wallet.ts';
import { PinDialog } from './pin-dialog.tsx';
import { useTypingPause } from './typing-pause.ts';

/** The question for a PIN that main is asking, over whichever screen is shown. */
export function PinQuestions({ go }: { readonly go: (place: Place) => void }) {
  const { pinQuestion } = useWalletState().tokens;
  const held = useTypingPause(pinQuestion);
  if (pinQuestion === null) return null;
  return <PinDialog key={pinQuestion.questionId} question={pinQuestion} held={held} go={go} />;
}
