import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

/** Says what will stand here, and how it gets here. */
export function EmptyHome() {
  const { say } = useWords();
  return (
    <section className="home-empty">
      <Icon name="key" size={32} />
      <h2>{say('home.teach.title')}</h2>
      <p className="quiet">{say('home.teach.text')}</p>
    </section>
  );
}
