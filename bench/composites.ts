import { startBackend } from '../kernels/engine.js';
import type { CovarianceForm } from '../kernels/form.js';
import { cpuDevice } from '../src/backend/cpu.js';
import { checkDevice } from './check.js';
import { timeIterations } from './iterations.js';
import { comparePeer } from './peers/compare.js';
import { scikitLearn } from './peers/list.js';
import { problemOf } from './problem.js';
import { digits, table } from './table.js';

/** `npm run bench -- composites`: the composite kernels on tfjs's cpu backend, beside scikit-learn. */
export async function benchComposites(): Promise<string> {
  if (!(await startBackend('cpu'))) throw new Error('bench: tfjs has no cpu backend');
  const device = cpuDevice();
  await checkDevice(device);
  const rows: string[][] = [];
  for (const covariance of ['full', 'tied', 'diag', 'spherical'] as CovarianceForm[]) {
    const problem = problemOf({ covariance, n: 20_000, d: 8, k: 8 });
    const { seconds, objective } = await timeIterations(problem, device, 3);
    const peer = await comparePeer(scikitLearn, problem, 'float64', 3);
    const theirs = problem.n / peer.seconds;
    const note = peer.seconds > 0 ? peer.objective.toFixed(5) : peer.about;
    rows.push([covariance, digits(problem.n / seconds), digits(theirs), objective.toFixed(5), note]);
  }
  return table(['covariance', 'rows/s, tfjs cpu', 'rows/s, scikit-learn', 'log-lik.', 'scikit-learn’s'], rows);
}
