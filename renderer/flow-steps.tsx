import { Steps } from './ui/steps.tsx';
import { useWords } from './words.ts';

const flow = ['organization', 'credential', 'proof', 'delivery'] as const;

type FlowStep = (typeof flow)[number];

/** Where in the way from invitation to credential the person is. */
export function FlowSteps({ current }: { readonly current: FlowStep | 'arrived' }) {
  const { say } = useWords();
  return (
    <Steps
      label={say('flow.label')}
      names={flow.map((step) => say(`flow.${step}`))}
      current={current === 'arrived' ? flow.length : flow.indexOf(current)}
      doneWord={say('flow.done')}
    />
  );
}
