/** The colours of a drawing: CSS colours, or variables of the page that change in dark mode. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly bar: string;
  readonly paper: string;
  /** Colours of lines that are not components. */
  readonly series: readonly string[];
  /** Colour of the component at a rank, 0 the heaviest. */
  readonly fill: (rank: number) => string;
  /** The same colour for thin lines: darker on light paper, lighter on dark. */
  readonly line: (rank: number) => string;
}

/** How many ranks have a colour of their own; beyond them colours repeat. */
export const COLOURS = 64;

const FIRST = [
  '#3c6eb4',
  '#e07b2c',
  '#2f9d70',
  '#c8465c',
  '#8660b8',
  '#d4a017',
  '#2f9fb8',
  '#d271a9',
  '#8c6d55',
  '#75828f',
];

/** Colour of a component by rank among k: ten chosen ones, or for k > 10 hues a golden angle apart in OKLCH. */
export function colour(rank: number, k: number): string {
  if (k <= FIRST.length) return FIRST[rank % FIRST.length];
  const i = rank % COLOURS;
  return oklch([0.6, 0.72, 0.52][i % 3], [0.13, 0.12, 0.12][i % 3], 255 + 137.508 * i);
}

/** Moves a colour `#rrggbb` a share of the way to another. */
export function mixed(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  return hex(a.map((v, i) => v + share * (b[i] - v)));
}

/** Colours for a drawing that stands alone on white. */
export function paperTheme(k: number): Theme {
  return {
    ...{ ink: '#1d2329', muted: '#5c6670', rule: '#d9dbd8', bar: '#dfe2e2', paper: '#ffffff' },
    series: [0, 1, 2, 4].map((i) => FIRST[i]),
    fill: (rank) => colour(rank, k),
    line: (rank) => mixed(colour(rank, k), '#000000', 0.3),
  };
}

/**
 * Colours for a drawing inside the page, whose style sheet gives the variables values (see {@link componentColours}).
 */
export const PAGE_THEME: Theme = {
  ...{ ink: 'var(--ink)', muted: 'var(--muted)', rule: 'var(--rule)', bar: 'var(--bar)', paper: 'var(--paper)' },
  series: [0, 1, 2, 3].map((i) => `var(--s${i})`),
  fill: (rank) => `var(--c${rank % COLOURS})`,
  line: (rank) => `var(--l${rank % COLOURS})`,
};

/** CSS declarations of the colours of {@link PAGE_THEME}, for light or dark paper. */
export function componentColours(k: number, dark: boolean): string {
  const ranks = Array.from({ length: Math.min(k, COLOURS) }, (_, i) => i);
  const series = paperTheme(k).series.map((c, i) => `--s${i}:${dark ? mixed(c, '#ffffff', 0.2) : c};`);
  return ranks
    .map((rank) => {
      const fill = dark ? mixed(colour(rank, k), '#ffffff', 0.12) : colour(rank, k);
      const line = dark ? mixed(fill, '#ffffff', 0.35) : mixed(fill, '#000000', 0.3);
      return `--c${rank}:${fill};--l${rank}:${line};`;
    })
    .concat(series)
    .join('');
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

function hex(rgb: readonly number[]): string {
  return `#${rgb
    .map((v) =>
      Math.round(Math.min(255, Math.max(0, v)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** OKLCH to sRGB (Ottosson 2020), clipped to the gamut. */
function oklch(lightness: number, chroma: number, hue: number): string {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return hex(linear.map((v) => 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)));
}
