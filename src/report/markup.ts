import { plainDigits } from './numbers.js';
import { printable } from '../base/printable.js';

/** HTML that is already safe to print. Only {@link html} and {@link trusted} make it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a `${}` of {@link html}. */
export type Content = string | number | Markup | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Writes text so that HTML and SVG show it as it is, in content and in quoted attributes. Characters that act or hide
 * are written as {@link printable} does, line breaks and tabs apart.
 */
export function escapeText(text: string): string {
  return text.replace(/[^\n\t]+/g, printable).replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** Vouches for text made by us (a drawing, a style sheet). */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Builds HTML: strings and numbers are escaped, {@link Markup} passes, lists are joined, `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.reduce((text, part, i) => {
      const inTag = text.lastIndexOf('<') > text.lastIndexOf('>');
      return text + written(contents[i - 1], inTag) + part;
    }),
  );
}

function written(content: Content, inTag: boolean): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') {
    const text = escapeText(String(content));
    return inTag ? text : raised(text);
  }
  return content.map((part) => written(part, inTag)).join('');
}

/** Powers of ten as HTML raises them: not every font has the superscript digits and their minus. */
function raised(text: string): string {
  return text.replace(/×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power: string) => `×10<sup>${plainDigits(power)}</sup>`);
}
