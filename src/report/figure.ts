import { html, type Markup, trusted } from './markup.js';

/** The size of a drawing's text, and the least at which it is read with ease, in pixels. */
const [TEXT, LEGIBLE] = [11, 9.5];

/**
 * A drawing as wide as the page. It scrolls sideways, by keys too, where its text would get too small. `narrow`, where
 * there is one, takes its place on a phone.
 */
export function plot(label: string, wide: string, narrow?: string): Markup {
  const box = (svg: string, kind: string): Markup => {
    const least = Math.round((naturalWidth(svg) * LEGIBLE) / TEXT);
    return html`<div class="plot ${kind}" role="group" tabindex="0" aria-label="${label}" style="--least:${least}px">
      ${trusted(svg)}
    </div>`;
  };
  return narrow === undefined ? box(wide, '') : html`${box(wide, 'on-wide')}${box(narrow, 'on-narrow')}`;
}

/** Drawings side by side where the page is wide enough, each in a cell of at least so many pixels. */
export function grid(drawings: readonly string[], cell: number): Markup {
  return html`<div class="grid ${cell >= 400 ? 'large' : ''}" style="--cell:${cell}px">
    ${drawings.map((svg) => html`<figure>${trusted(svg)}</figure>`)}
  </div>`;
}

function naturalWidth(svg: string): number {
  return Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 0);
}
