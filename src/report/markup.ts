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

/** Writes text so that HTML and SVG show it as it is, in content and in quoted attributes; drops control characters. */
export function escapeText(text: string): string {
  // eslint-disable-next-line no-control-regex -- NUL and its kind are not valid in HTML, even escaped
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** Vouches for text made by us (a drawing, a style sheet). */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Builds HTML: strings and numbers are escaped, {@link Markup} passes, lists are joined, `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + written(contents[i - 1]) + part));
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return content.map(written).join('');
}
