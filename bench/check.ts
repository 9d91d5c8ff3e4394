import type { Device } from '../src/backend/backend.js';
import { cpuDevice } from '../src/backend/cpu.js';
import { timeIterations } from './iterations.js';
import { problemOf } from './problem.js';

/**
 * Before anything is timed: after one M-step a single Gaussian's mean log-likelihood is −½ log |2πe S|
 * with S the sample covariance, here computed plainly in float64; and k components must give what the
 * composites on tfjs's cpu give.
 */
export async function checkDevice(device: Device): Promise<void> {
  const one = problemOf({ covariance: 'full', n: 5000, d: 5, k: 1 });
  const { objective } = await timeIterations(one, device, 1);
  agree(
    'one Gaussian',
    objective,
    -0.5 * (one.d * Math.log(2 * Math.PI * Math.E) + logDeterminant(sampleCovariance(one.data, one.d))),
  );
  for (const covariance of ['full', 'tied', 'diag', 'spherical'] as const) {
    const many = problemOf({ covariance, n: 3000, d: 5, k: 4 });
    const expected = await timeIterations(many, cpuDevice(), 3);
    agree(covariance, (await timeIterations(many, device, 3)).objective, expected.objective);
  }
}

function agree(what: string, got: number, expected: number): void {
  if (Math.abs(got - expected) <= 1e-6 * Math.abs(expected)) return;
  throw new Error(`bench: ${what}: expected a mean log-likelihood of ${expected}, got ${got}; nothing was timed`);
}

function sampleCovariance(data: Float64Array, d: number): number[][] {
  const n = data.length / d;
  const mean = Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += data[i * d + j];
    return sum / n;
  });
  return mean.map((_, a) =>
    mean.map((__, b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (data[i * d + a] - mean[a]) * (data[i * d + b] - mean[b]);
      return sum / n + (a === b ? 1e-6 : 0);
    }),
  );
}

/** By Gaussian elimination. */
function logDeterminant(matrix: number[][]): number {
  const rows = matrix.map((row) => [...row]);
  let log = 0;
  for (let p = 0; p < rows.length; p++) {
    log += Math.log(rows[p][p]);
    for (let i = p + 1; i < rows.length; i++) {
      const factor = rows[i][p] / rows[p][p];
      for (let j = p; j < rows.length; j++) rows[i][j] -= factor * rows[p][j];
    }
  }
  return log;
}
