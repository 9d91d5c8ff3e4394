import type { Fit } from '../fit/fit.js';
import type { Mixture } from '../mixture/mixture.js';
import { columnFormat, count, counted, duration, nats, percent, shortened, significant } from '../report/numbers.js';
import { textTable } from './table.js';
import { warnings } from './warnings.js';

/** Most components and, beside the width of the terminal, most columns that a summary shows. */
const MOST_COMPONENTS = 20;
const MOST_COLUMNS = 12;

/** What was fitted, how well, and what to look out for. */
export function fitSummary(fit: Fit, totalSeconds: number, width: number): string {
  const table = componentsTable(fit.mixture, width);
  const lines = [openingSentence(fit, totalSeconds), endingSentence(fit), '', table];
  const found = warnings(fit).map((warning) => `warning: ${warning}\n`);
  return lines.join('\n') + (found.length > 0 ? `\n${found.join('')}` : '');
}

function openingSentence({ mixture, diagnostics, restarts }: Fit, totalSeconds: number): string {
  const { d, columns } = mixture;
  const { rows, backend, adapter, threads, seconds } = diagnostics;
  const sweeps = restarts.reduce((sum, { iterations }) => sum + iterations + 1, 0);
  const model = mixture.family.describe(mixture.k);
  const data = `${counted(rows, 'row')} of ${d > 4 ? `${d} columns` : columns.map((name) => shortened(name)).join(', ')}`;
  const speed = `${count(Number(((rows * sweeps) / (seconds.fit ?? NaN)).toPrecision(2)))} rows/s per iteration`;
  return `Fitted ${model} to ${data} in ${duration(totalSeconds)}, at ${speed}, on ${backend} (${adapter}, ${counted(threads, 'thread')}).`;
}

function endingSentence({ status, iterations, criteria, restarts }: Fit): string {
  const { logLikelihood, meanLogLikelihood, bic, aic, icl } = criteria;
  const after = counted(iterations, 'iteration');
  const endings = {
    converged: `Converged after ${after}`,
    maxIterations: `Stopped at the limit of ${after}`,
    aborted: `Interrupted after ${after}`,
    precision: `Stopped where float32 can't tell whether the fit goes on, after ${after}`,
  };
  const best = restarts.length > 1 ? `, the best of ${restarts.length} starts` : '';
  return (
    `${endings[status]}${best}: log-likelihood ${nats(logLikelihood)} (${significant(meanLogLikelihood, 6)} per row), ` +
    `bic ${nats(bic)}, aic ${nats(aic)}, icl ${nats(icl)}.`
  );
}

/** Components by falling weight, numbered as `predict` answers them: mean ± standard deviation of each column. */
function componentsTable(mixture: Mixture, width: number): string {
  const { k, d, columns, weights, columnMeans, columnDeviations } = mixture;
  const order = weights.map((_, c) => c).sort((a, b) => weights[b] - weights[a] || a - b);
  const shown = order.slice(0, MOST_COMPONENTS);
  const cells: string[][] = [];
  for (let j = 0, used = 20; j < Math.min(d, MOST_COLUMNS); j++) {
    const [means, scales] = [columnMeans, columnDeviations].map((rows) => rows.map((row) => row[j]));
    const format = columnFormat(means, scales);
    const column = [shortened(columns[j], 20), ...shown.map((c) => `${format(means[c])} ± ${format(scales[c])}`)];
    used += 2 + Math.max(...column.map((cell) => cell.length));
    if (j > 0 && used > width) break;
    cells.push(column);
  }
  const heads = ['component', 'weight', ...cells.map(([head]) => head)].map((head) => ({ head, right: true }));
  const rows = shown.map((c, at) => [String(c), percent(weights[c]), ...cells.map((column) => column[at + 1])]);
  const left = [
    ...(k > shown.length ? [counted(k - shown.length, 'lighter component')] : []),
    ...(d > cells.length ? [counted(d - cells.length, 'column')] : []),
  ];
  const more = left.length > 0 ? `and ${left.join(' and ')} more: see --json or --report\n` : '';
  return textTable(heads, rows) + more;
}
