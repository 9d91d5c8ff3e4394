import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from '../../peers/execute.js';
import { writeNpy } from '../../peers/npy.js';
import { folder, peerEnvironment, pythonWith } from '../../peers/python.js';
import type { OptimaProblem } from './problems.js';
import { COLLAPSED, common, type Outcome } from './run.js';

const script = 'sklearn_starts.py';

/** How so many starts of scikit-learn's GaussianMixture end; undefined where it is not installed. */
export async function sklearnOutcomes(
  { data, d, k, covariance }: OptimaProblem,
  init: 'kmeans' | 'k-means++',
  starts: number,
): Promise<Outcome[] | undefined> {
  const python = await pythonWith(['sklearn']);
  if (python === undefined || folder === undefined) return undefined;
  const scratch = await mkdtemp(join(tmpdir(), 'otmix-optima-'));
  try {
    const path = join(scratch, 'x.npy');
    await writeNpy(path, data, [data.length / d, d]);
    const job = {
      ...{ data: path, k, covariance, init, starts, seed: 0, collapsed: COLLAPSED },
      ...{ tolerance: common.tolerance, max_iterations: common.maxIterations, regularization: common.regularization },
    };
    // Small problems: a second thread of BLAS costs more than it gives.
    const { status, output, complaints } = await execute(
      python,
      [join(folder, script)],
      JSON.stringify(job),
      peerEnvironment(1),
    );
    if (status !== 0) throw new Error(`${script} ended with status ${status}: ${complaints.slice(-500)}`);
    return JSON.parse(output) as Outcome[];
  } finally {
    await rm(scratch, { recursive: true });
  }
}
