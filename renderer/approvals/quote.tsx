import './quote.css';

/** Somebody's own words, as theirs. */
export function Quote({ text }: { readonly text: string }) {
  return (
    <blockquote className="approval-quote">
      <bdi>{text}</bdi>
    </blockquote>
  );
}
