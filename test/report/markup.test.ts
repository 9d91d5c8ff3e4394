import { expect, test } from 'vitest';
import { html, trusted } from '../../src/report/markup.js';

test('html escapes what it is given', () => {
  expect(html`<p title="${`"'`}">${'<script>&'}</p>`.text).toBe('<p title="&quot;&#39;">&lt;script&gt;&amp;</p>');
});

test('html lets its own kind through, joins lists and skips undefined', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}${undefined}</ul>${trusted('<hr>')}`.text).toBe('<ul><li>a</li><li>&lt;</li></ul><hr>'); // prettier-ignore
});

test('html writes characters that act or hide as escapes, and keeps line breaks and tabs', () => {
  expect(html`${'a\u0000b\u001bc\u202ed\te\nf'}`.text).toBe('a\\x00b\\x1bc\\u202ed\te\nf');
  expect(html`<p title="${'\u202e'}"></p>`.text).toBe('<p title="\\u202e"></p>');
});

test('html raises powers of ten in text, and leaves attributes alone', () => {
  const power = '−1.5×10⁻¹²';
  expect(html`<p title="${power}">${[power]}</p>`.text).toBe(`<p title="${power}">−1.5×10<sup>−12</sup></p>`);
});
