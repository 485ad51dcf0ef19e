import { expect, test } from 'vitest';
import { html, trustedMarkup } from './html.ts';

test('text is escaped wherever it lands', () => {
  const name = `<script>alert("1")</script>&'`;
  expect(html`<p title="${name}">${name}</p>`.markup).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
  );
});

test('markup in markup is not escaped again, and lists are joined', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  expect(html`<b>${items}</b>`.markup).toBe('<b><li>a</li><li>&lt;b&gt;</li></b>');
});

test('nothing is printed for what is not there', () => {
  expect(html`[${undefined}${false}${[]}]`.markup).toBe('[]');
  expect(html`[${0}]`.markup).toBe('[0]');
});

test('only markup that was said to be trusted passes as it is', () => {
  expect(html`${trustedMarkup('<svg/>')}${'<svg/>'}`.markup).toBe('<svg/>&lt;svg/&gt;');
});
