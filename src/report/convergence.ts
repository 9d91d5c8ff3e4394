import { type Datum, framed, type Layer, type Layered, linear, PLACE, type Size, titleAbove } from './draw.js';
import type { Theme } from './palette.js';

/** Gains F_{t−1} − F_t of each iteration after the first; negative where the objective rose. */
export function gains(objective: readonly number[]): number[] {
  return objective.slice(1).map((value, t) => objective[t] - value);
}

/** The objective after each iteration, on its own scale. */
export function objectiveSpec(objective: readonly number[], theme: Theme, size: Size): Layered {
  const [low, high] = [Math.min(...objective), Math.max(...objective)];
  const room = 0.05 * (high - low) || 0.01 * Math.abs(high) || 1;
  const values = objective.map((y, t) => ({ x: t + 1, y }));
  const y = linear([low - room, high + room], { ...titleAbove('objective, nats per row'), tickCount: 5 });
  return series(values, objective.length, y, theme, size);
}

/** The gain of each iteration, on a logarithmic scale, and the tolerance under which the fit stops. */
export function gainSpec(objective: readonly number[], tolerance: number, theme: Theme, size: Size): Layered {
  const values = gains(objective).flatMap((gain, t) => (gain > 0 ? [{ x: t + 2, y: Math.log10(gain) }] : []));
  const limits = [...values.map((v) => v.y), ...(tolerance > 0 ? [Math.log10(tolerance)] : [])];
  const [low, high] = [Math.min(...limits), Math.max(...limits)];
  const room = 0.06 * (high - low) || 0.5;
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const ticks = decades(low - room, high + room).filter((e) => e % every === 0);
  const labels = Object.fromEntries(ticks.map((e) => [e, decadeLabel(e)]));
  const y = linear([low - room, high + room], {
    ...titleAbove('gain of an iteration, nats per row'),
    ...{ values: ticks, labelExpr: `${JSON.stringify(labels)}[datum.value]` },
  });
  const spec = series(values, objective.length, y, theme, size);
  return tolerance > 0 ? { ...spec, layer: [...toleranceLine(Math.log10(tolerance), theme), ...spec.layer] } : spec;
}

/** 10ᵉ in signs that every font has. */
function decadeLabel(exponent: number): string {
  return Math.abs(exponent) <= 4 ? String(Number(`1e${exponent}`)) : `1e${exponent}`.replace('-', '−');
}

/** The whole exponents within an interval. */
function decades(low: number, high: number): number[] {
  const first = Math.ceil(low);
  return Array.from({ length: Math.max(0, Math.floor(high) - first + 1) }, (_, i) => first + i);
}

function series(values: Datum[], end: number, y: ReturnType<typeof linear>, theme: Theme, size: Size): Layered {
  const room = 0.02 * end;
  const x = linear([1 - room, end + room], { title: 'iteration', format: 'd', values: wholeTicks(end) });
  const line: Layer = {
    mark: { type: 'line', color: theme.ink, strokeWidth: 1.5, strokeJoin: 'round' },
    encoding: PLACE,
  };
  const points: Layer = {
    mark: { type: 'point', filled: true, color: theme.ink, opacity: 1, size: 22 },
    encoding: PLACE,
  };
  const layer = values.length <= 60 ? [line, points] : [line];
  return { ...framed(size, 46), data: { values }, encoding: { x, y }, layer };
}

function toleranceLine(level: number, theme: Theme): Layer[] {
  const data = { values: [{ y: level, text: 'tolerance' }] };
  return [
    { data, mark: { type: 'rule', color: theme.muted, strokeDash: [4, 3] }, encoding: { y: { field: 'y' } } },
    {
      data,
      mark: { type: 'text', color: theme.muted, align: 'left', baseline: 'bottom', dy: -3, dx: 6, fontSize: 11 },
      encoding: { x: { value: 0 }, y: { field: 'y' }, text: { field: 'text' } },
    },
  ];
}

/** About six whole numbers from 1 to the end. */
function wholeTicks(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(end / 6, 1)));
  const step = [1, 2, 5].map((m) => m * power).find((s) => s >= end / 6) ?? 10 * power;
  const later = Array.from({ length: Math.floor(end / step) }, (_, i) => (i + 1) * step);
  return later.includes(1) ? later : [1, ...later];
}
