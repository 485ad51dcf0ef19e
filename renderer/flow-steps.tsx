import { Steps } from './ui/steps.tsx';
import { useWords } from './words.ts';

const flow = ['organization', 'credential', 'proof', 'ready'] as const;

/** Where in the way from invitation to credential the person is. */
export function FlowSteps({ current }: { readonly current: (typeof flow)[number] }) {
  const { say } = useWords();
  return (
    <Steps
      label={say('flow.label')}
      names={flow.map((step) => say(`flow.${step}`))}
      current={flow.indexOf(current)}
      doneWord={say('flow.done')}
    />
  );
}
