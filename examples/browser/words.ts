import type { Fit, Mixture, Progress } from 'otmix';
import { counted, duration, fixed, percent } from '../../src/report/numbers.js';
import type { Outside } from './picture.js';
import type { Table } from './table.js';

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** 12.3M. */
export function shortly(value: number): string {
  return Number.isFinite(value) ? short.format(value) : '–';
}

/** Nats, to four digits. */
export function nats(value: number): string {
  return Number.isFinite(value) ? fixed(value, 4) : '–';
}

/** What there is to fit, of which so many rows are whole. */
export function ofTable({ name, rows, columns }: Table, whole: number): string {
  const missing = whole < rows ? ` ${counted(rows - whole, 'row')} with missing values will be left out.` : '';
  return `${name}: ${counted(rows, 'row')} of ${counted(columns.length, 'column')}.${missing}`;
}

export function ofPhase(phase: Progress['phase']): string {
  return { load: 'Loading rows', seed: 'Choosing a start', fit: 'Fitting', score: 'Scoring the rows' }[phase];
}

export function ofProgress({ phase, rows, totalRows, iteration, epsilon }: Progress): string {
  const doing = ofPhase(phase);
  if (phase === 'load')
    return `${doing}: ${fixed(rows ?? 0, 0)}${totalRows === undefined ? '' : ` of ${fixed(totalRows, 0)}`}`;
  if (phase === 'fit')
    return `${doing}: iteration ${iteration ?? 0}${epsilon === 1 ? '' : ` at ε = ${short.format(epsilon ?? 1)}`}`;
  return doing;
}

/** How a fit ended. */
export function ofFit({ status, iterations, criteria, diagnostics }: Fit): string {
  const after = counted(iterations, 'iteration');
  const endings: Readonly<Record<string, string>> = {
    converged: `Converged after ${after}`,
    maxIterations: `Stopped at the limit of ${after}, not converged`,
    aborted: `Cancelled after ${after}: shown is what was fitted so far`,
    precision: `Stopped after ${after}, where the precision of the numbers shows no further gain`,
  };
  const seconds = Object.values(diagnostics.seconds).reduce((sum, part) => sum + part, 0);
  const ending = `${endings[status] ?? `Ended (${status}) after ${after}`}, in ${duration(seconds)}.`;
  return `${ending} Mean log-likelihood ${nats(criteria.meanLogLikelihood)} nats.`;
}

/** What there is to say of a fit before one believes it. */
export function notesOf({ diagnostics, ridged }: Fit): string[] {
  const { repairs, dropped, constantColumns, notes } = diagnostics;
  return [
    ...(dropped > 0 ? [`${counted(dropped, 'row')} with missing values left out.`] : []),
    ...(constantColumns.length > 0 ? [`Constant, and so of no use: ${constantColumns.join(', ')}.`] : []),
    ...repairs.map(({ message, times }) => sentence(`${message}${times > 1 ? ` (${times} times)` : ''}.`)),
    ...(ridged
      ? ['A component collapsed: its likelihood says nothing. Fit fewer components, or leave out rows that repeat.']
      : []),
    ...notes.map(sentence),
  ];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the fit ran on: its name, and the rest. */
export function ofPlace({ diagnostics }: Fit): readonly [name: string, rest: string] {
  const { backend, adapter, threads } = diagnostics;
  const names: Readonly<Record<string, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'CPU', cpu: 'CPU' };
  const rest = [adapter, backend === 'wasm' ? counted(threads, 'thread') : ''];
  return [names[backend] ?? backend, rest.filter(Boolean).join('; ')];
}

/** What is drawn, and what is not. */
export function ofCaption(
  {
    drawn,
    rows,
    histogram,
    fitted,
  }: { readonly drawn: number; readonly rows: number; readonly histogram: boolean; readonly fitted: boolean },
  outside: Outside,
): string {
  const of =
    drawn < rows
      ? `A random sample of ${fixed(drawn, 0)} of ${counted(rows, 'row')}`
      : rows === 1
        ? 'One row'
        : `All ${counted(rows, 'row')}`;
  const components = histogram
    ? 'the densities of mixture and components'
    : 'the components at one and two standard deviations, with dots sized by weight';
  const beyond =
    outside.rows > 0 ? ` Beyond the axes: ${counted(outside.rows, 'row')} (${percent(outside.rows / drawn)}).` : '';
  const lost =
    outside.components.length > 0 ? ` Centred beyond the axes: component ${outside.components.join(', ')}.` : '';
  return `${of}${histogram ? ' as a histogram' : ''}${fitted ? `, and ${components}; numbers are those of the table` : ''}.${beyond}${lost}`;
}

/** A model file, as otmix's command writes and reads it. */
export function ofModel(mixture: Mixture): string {
  return `${JSON.stringify(mixture.toJSON(), undefined, 1)}\n`;
}
