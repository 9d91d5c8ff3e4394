import type { TopLevelSpec } from 'vega-lite';
import type { Interval } from './density.js';
import { escapeText } from './markup.js';
import type { Theme } from './palette.js';

/** One panel's content in a Vega-Lite specification. */
export type Layered = Extract<TopLevelSpec, { layer: unknown }>;
export type Layer = Layered['layer'][number];
/**
 * A table row for a drawing; field names are ours, never a column's, whose dots and brackets Vega would read as paths.
 */
export type Datum = Readonly<Record<string, number | string | null>>;

/** Size of a panel, in pixels, axes not counted. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Axis extends Readonly<Record<string, unknown>> {
  readonly title: string | null;
}

export interface Drawing {
  /** Prefix of the drawing's ids, so that several fit in one page. */
  readonly name: string;
  /** What the drawing shows, for those who do not see it. */
  readonly label: string;
  readonly theme: Theme;
}

/** Draws a Vega-Lite specification as SVG text, without a browser or canvas; Vega is loaded on the first call. */
export async function draw(spec: TopLevelSpec, { name, label, theme }: Drawing): Promise<string> {
  const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = lite.compile({ background: 'transparent', ...spec, config: { ...spec.config, ...configOf(theme) } });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
  try {
    return named(thinned(await view.toSVG()), name, label);
  } finally {
    view.finalize();
  }
}

const FONT = 'system-ui, sans-serif';

function configOf({ ink, muted, rule }: Theme): NonNullable<TopLevelSpec['config']> {
  return {
    aria: false,
    font: FONT,
    view: { stroke: rule, strokeWidth: 1 },
    axisY: { minExtent: 0 },
    axis: {
      grid: false,
      domain: false,
      tickColor: rule,
      tickSize: 4,
      tickCount: 5,
      labelColor: muted,
      labelFontSize: 11,
      labelPadding: 4,
      titleColor: ink,
      titleFontSize: 12,
      titleFontWeight: 500,
      titlePadding: 8,
    },
  };
}

/**
 * Drops what Vega writes for its own event handling, labels it hid, and decimals finer than a tenth of a pixel. Gives
 * strokes of a single point a length, without which they are missing where a page is printed to PDF.
 */
function thinned(svg: string): string {
  return svg
    .replace(/<path class="(?:fore|back)ground"[^>]* d="[^"]*"(?: pointer-events="none")?(?: display="none")?\/>/g, '')
    .replace(/<text [^>]* opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(/<[^>]+>/g, (tag) =>
      tag
        .replace(/ (?:class|role|pointer-events|aria-\w+|xmlns:xlink)="[^"]*"/g, '')
        .replace(/ (?:d|transform|x2|y2)="[^"]*"/g, (attribute) =>
          attribute.replace(/-?\d+\.\d+(?:e-?\d+)?/g, tenths).replace(/(M[-\d.,]+)Z/g, '$1h.1Z'),
        ),
    );
}

function tenths(number: string): string {
  return String(Math.round(Number(number) * 10) / 10);
}

/** Prefixes ids and their uses, and labels the drawing. */
function named(svg: string, name: string, label: string): string {
  return svg
    .replace(/<[^>]+>/g, (tag) =>
      tag.replace(/ id="([^"]+)"|url\(#([^)]+)\)/g, (_, id?: string, use?: string) => {
        return id === undefined ? `url(#${name}-${use})` : ` id="${name}-${id}"`;
      }),
    )
    .replace('<svg ', () => `<svg role="img" aria-label="${escapeText(label)}" `);
}

/** Marks are placed by the fields x and y, and coloured by CSS colours in the field `colour`. */
export const PLACE = { x: { field: 'x' }, y: { field: 'y' } } as const;
export const COLOUR = { field: 'colour', type: 'nominal', scale: null, legend: null } as const;

/** A linear axis that shows exactly its domain. */
export function linear(domain: Interval, { title, ...axis }: Axis) {
  return {
    type: 'quantitative' as const,
    scale: { domain: [...domain], zero: false, nice: false },
    axis: { ...axisFormat(domain), ...axis, title: safeTitle(title) },
  };
}

/** A panel of exactly this size, with `left` pixels for the labels at its left: neighbours in a page line up. */
export function framed(size: Size, left: number) {
  const padding = { left, right: 4, top: 28, bottom: 44 };
  return { ...size, data: { values: [] as Datum[] }, autosize: 'none' as const, padding };
}

/** Vega 6 looks its constants up in a plain object: a title that is a name on every object's prototype breaks it. */
function safeTitle(title: string | null): string | null {
  return title !== null && title in {} ? `${title}\u200b` : title;
}

/** The title of a left axis above its panel, where it reads without a turn of the head. */
export function titleAbove(title: string) {
  const turned = { titleAngle: 0, titleAlign: 'left', titleBaseline: 'bottom', titleAnchor: 'end' } as const;
  return { title, ...turned, titleX: 0, titleY: -9 };
}

/** Format of axis labels where plain numbers are too long: SI prefixes for the large, powers for the tiny. */
function axisFormat([low, high]: Interval): { format?: string; labelExpr?: string } {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Vega gives all labels of an axis one prefix, 0 too.
  if (largest >= 1e5 && high - low > largest / 100) {
    return { format: '~s', labelExpr: "datum.value === 0 ? '0' : datum.label" };
  }
  return largest < 1e-3 ? { format: '~e' } : {};
}
