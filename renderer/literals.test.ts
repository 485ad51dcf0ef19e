import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const sources: Readonly<Record<string, string>> = import.meta.glob(
  ['./**/*.tsx', '!./gallery/**', '!./testing/**'],
  { query: '?raw', import: 'default', eager: true },
);

/** Attributes and properties whose text reaches a person. */
const spoken = new Set([
  'alt',
  'title',
  'label',
  'aria-label',
  'aria-description',
  'hint',
  'error',
  'lead',
  'legend',
  'name',
  'doneWord',
]);

/** Words of any language; an example of an address is none. */
const word = /\p{L}{2}/u;

describe('the words in the screens', () => {
  it('come from the catalogues: no screen has any of its own', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    const found = Object.entries(sources).flatMap(([file, source]) =>
      literalsIn(source).map((literal) => `${file}: ${literal}`),
    );
    expect(found).toEqual([]);
  });

  it('are found where they hide', () => {
    expect(
      literalsIn(`
        <p title="Hello" className="quiet">
          Good day {busy ? 'Wait' : say('action.close')} {\`Dear \${name}\`}
        </p>
      `),
    ).toEqual(['Hello', 'Good day', 'Wait', 'Dear ']);
  });

  it('have no style or script beside them, which the page’s policy would refuse', () => {
    const styled = Object.entries(sources).filter(([, source]) =>
      /\sstyle=|dangerouslySetInnerHTML/.test(source),
    );
    expect(styled.map(([file]) => file)).toEqual([]);
  });
});

function literalsIn(source: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && word.test(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && !isSpoken(node)) return;
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer))
      add(node.initializer.text);
    if (ts.isJsxExpression(node) && node.expression !== undefined) results(node.expression);
    ts.forEachChild(node, visit);
  };
  const add = (text: string): void => {
    if (word.test(text)) found.push(text);
  };
  /** What an expression may come to, as far as it is written there. */
  const results = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) add(node.text);
    if (ts.isTemplateExpression(node))
      add(node.head.text + node.templateSpans.map((span) => span.literal.text).join(''));
    if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(results);
    if (ts.isBinaryExpression(node)) results(node.right);
    if (ts.isParenthesizedExpression(node)) results(node.expression);
  };
  visit(ts.createSourceFile('screen.tsx', source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

/** An icon's name is not read by anybody. */
function isSpoken(attribute: ts.JsxAttribute): boolean {
  const element = attribute.parent.parent;
  return spoken.has(attribute.name.getText()) && element.tagName.getText() !== 'Icon';
}
