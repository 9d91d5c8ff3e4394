import { expect, test } from 'vitest';
import { html, trusted } from '../../src/report/markup.js';

test('html escapes what it is given', () => {
  expect(html`<p title="${`"'`}">${'<script>&'}</p>`.text).toBe('<p title="&quot;&#39;">&lt;script&gt;&amp;</p>');
});

test('html lets its own kind through, joins lists and skips undefined', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}${undefined}</ul>${trusted('<hr>')}`.text).toBe('<ul><li>a</li><li>&lt;</li></ul><hr>'); // prettier-ignore
});

test('html drops control characters', () => {
  expect(html`${'a\u0000b\u001bc\nd'}`.text).toBe('abc\nd');
});
