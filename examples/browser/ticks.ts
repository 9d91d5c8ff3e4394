import type { Axis, Domain } from './plane.js';

/** A number on an axis, as it is written there. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Characters that a number may have before powers of ten are used. */
const LONG = 9;

/** About `count` round numbers within a domain, multiples of 1, 2 or 5 times a power of ten, no two written alike. */
export function ticksOf([low, high]: Domain, count: number): Tick[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0 && rough < Infinity)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const length = Math.max(0, Math.floor(high / step) - first + 1);
  const values = Array.from({ length }, (_, i) => (first + i) * step + 0); // + 0: no −0
  const write = writing(values, step);
  return values
    .map((value) => ({ value, text: write(value) }))
    .filter(({ text }, i, all) => all.findIndex((other) => other.text === text) === i);
}

/** The ticks of a horizontal axis: as many as can be read, their texts so many pixels wide. */
export function readableTicks({ domain, pixels: [from, to] }: Axis, widthOf: (text: string) => number): Tick[] {
  for (let count = Math.floor((to - from) / 40); count > 1; count--) {
    const ticks = ticksOf(domain, count);
    const gap = ((to - from) * (ticks[1]?.value - ticks[0]?.value)) / (domain[1] - domain[0]);
    if (!ticks.some(({ text }) => widthOf(text) + 40 > gap)) return ticks;
  }
  return ticksOf(domain, 1).slice(0, 1);
}

/** As short as the step between ticks allows: all its digits, by powers of ten where that is long. */
function writing(values: readonly number[], step: number): (value: number) => string {
  const exponent = Math.floor(Math.log10(step) + 1e-9);
  const decimals = Math.min(LONG, Math.max(0, -exponent));
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: decimals });
  const plain = (value: number): string => format.format(value).replace('-', '−');
  if (decimals < LONG && values.every((value) => plain(value).length <= LONG)) return plain;
  return (value) => {
    if (value === 0) return '0';
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - exponent);
    return value.toExponential(Math.min(100, digits)).replace('e+', 'e').replaceAll('-', '−');
  };
}
