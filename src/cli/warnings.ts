import type { Fit } from '../fit/fit.js';
import { counted, significant } from '../report/numbers.js';

/** An error of the marginal that a user should know of; fits end at 1e-6. */
const LARGE_ERROR = 1e-4;

/** What a user should know before believing the numbers, and what to do about it. */
export function warnings({ status, iterations, ridged, diagnostics, objective, marginalError }: Fit): string[] {
  const { repairs, constantColumns, dropped, notes } = diagnostics;
  const gain = objective.length > 1 ? objective[objective.length - 2] - objective[objective.length - 1] : undefined;
  const lastGain = gain === undefined ? '' : ` (the last gained ${significant(gain, 2)} nats per row)`;
  const found: string[] = [];
  if (status === 'maxIterations') {
    found.push(`not converged after ${iterations} iterations${lastGain}; raise --max-iterations`);
  }
  if (status === 'aborted') found.push('interrupted: this is the best of what was fitted until then, not converged');
  for (const { message, times } of repairs) found.push(times > 1 ? `${message} (${times} times)` : message);
  if (repairs.length > 0 && !ridged)
    found.push('the fit recovered from these repairs; --restarts 10 may find a better one');
  if (marginalError > LARGE_ERROR && status !== 'aborted') {
    found.push(
      `the proportions are met only to ${significant(marginalError, 2)}; raise --epsilon, or use --marginal relaxed`,
    );
  }
  if (constantColumns.length > 0) {
    found.push(`constant, and so of no use: ${constantColumns.join(', ')}; leave them out with --columns`);
  }
  if (dropped > 0) found.push(`left out ${counted(dropped, 'row')} with missing values, as --missing drop asks`);
  return [...found, ...notes];
}
