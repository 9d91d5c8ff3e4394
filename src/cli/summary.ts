import type { Fit } from '../fit/fit.js';
import { count, counted, duration, nats, shortened, significant } from '../report/numbers.js';
import { componentsTables } from './components-table.js';
import { warnings } from './warnings.js';

/** What was fitted, how well, and what to look out for. */
export function fitSummary(fit: Fit, totalSeconds: number, width: number): string {
  const table = componentsTables(fit.mixture, width);
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

function endingSentence({ status, iterations, criteria, logPrior, restarts }: Fit): string {
  const { logLikelihood, meanLogLikelihood, bic, aic, icl } = criteria;
  const after = counted(iterations, 'iteration');
  const endings = {
    converged: `Converged after ${after}`,
    maxIterations: `Stopped at the limit of ${after}`,
    aborted: `Interrupted after ${after}`,
    precision: `Stopped where float32 can't tell whether the fit goes on, after ${after}`,
  };
  const best = restarts.length > 1 ? `, the best of ${restarts.length} starts` : '';
  const prior = logPrior === undefined ? '' : `log prior ${nats(logPrior)}, `;
  return (
    `${endings[status]}${best}: log-likelihood ${nats(logLikelihood)} (${significant(meanLogLikelihood, 6)} per row), ${prior}` +
    `bic ${nats(bic)}, aic ${nats(aic)}, icl ${nats(icl)}.`
  );
}
