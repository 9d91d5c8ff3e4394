import type { Fit, Progress } from 'otmix';
import type { Table } from './table.js';

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const fine = new Intl.NumberFormat('en', { minimumFractionDigits: 4, maximumFractionDigits: 4 });

/** 12.3M. */
export function shortly(value: number): string {
  return Number.isFinite(value) ? short.format(value) : '–';
}

/** Nats, to four digits. */
export function nats(value: number): string {
  return fine.format(value).replace('-', '−');
}

export function ofTable({ name, rows, columns }: Table): string {
  return `${name}: ${count(rows, 'row')} of ${count(columns.length, 'column')}.`;
}

export function ofProgress({ phase, rows, totalRows, iteration, epsilon }: Progress): string {
  switch (phase) {
    case 'load':
      return `Loading rows: ${whole.format(rows ?? 0)}${totalRows === undefined ? '' : ` of ${whole.format(totalRows)}`}`;
    case 'seed':
      return 'Choosing a start';
    case 'fit':
      return `Fitting: iteration ${iteration ?? 0}${epsilon === 1 ? '' : ` at ε = ${short.format(epsilon ?? 1)}`}`;
    case 'score':
      return 'Scoring the rows';
  }
}

/** How a fit ended, and what there is to say of it. */
export function ofFit(fit: Fit): string {
  const { status, iterations, criteria, diagnostics } = fit;
  const ending = {
    converged: `Converged after ${count(iterations, 'iteration')}`,
    maxIterations: `Stopped at the limit of ${count(iterations, 'iteration')}`,
    aborted: `Cancelled after ${count(iterations, 'iteration')}: shown is what was fitted so far`,
  }[status];
  const seconds = Object.values(diagnostics.seconds).reduce((sum, part) => sum + part, 0);
  const repairs = diagnostics.repairs.reduce((sum, { times }) => sum + times, 0);
  const remarks = [
    `${ending}, in ${seconds.toFixed(seconds < 10 ? 2 : 0)} s.`,
    `Mean log-likelihood ${nats(criteria.meanLogLikelihood)} nats.`,
    repairs > 0 ? `${count(repairs, 'repair')} of components.` : '',
    diagnostics.dropped > 0 ? `${count(diagnostics.dropped, 'row')} with missing values left out.` : '',
  ];
  return remarks.filter(Boolean).join(' ');
}

/** What the fit ran on: its name, and the rest. */
export function ofPlace({ diagnostics }: Fit): readonly [name: string, rest: string] {
  const { backend, adapter, threads, notes } = diagnostics;
  const names: Readonly<Record<string, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'CPU', cpu: 'CPU' };
  const rest = [adapter, backend === 'wasm' ? count(threads, 'thread') : '', ...notes];
  return [names[backend] ?? backend, rest.filter(Boolean).join('; ')];
}

export function ofCaption(drawn: number, rows: number): string {
  const points = drawn < rows ? `${whole.format(drawn)} of ${whole.format(rows)} rows` : `All ${count(rows, 'row')}`;
  return `${points}, and the components at one and two standard deviations; dots are sized by weight.`;
}

function count(n: number, noun: string): string {
  return `${whole.format(n)} ${noun}${n === 1 ? '' : 's'}`;
}
