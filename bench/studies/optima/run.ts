import { resolveBackend } from '../../../src/backend/resolve.js';
import { cholesky } from '../../../src/base/cholesky.js';
import { matrixSource } from '../../../src/data/arrays.js';
import { loadDataset } from '../../../src/data/dataset.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { fitSettings, type FitOptions } from '../../../src/fit/options.js';
import { runRestarts } from '../../../src/fit/restarts.js';
import { logVolume } from '../../../src/families/scaling.js';
import { Stopwatch } from '../../../src/base/stopwatch.js';
import type { Shard } from '../../../src/sweep/shard.js';
import type { OptimaProblem } from './problems.js';

/** How one start ended. */
export interface Outcome {
  /** Negative mean log-likelihood, nats. */
  readonly objective: number;
  /** Whether what keeps a component wide is the regularization. */
  readonly collapsed: boolean;
  /** Sweeps over the data; distances of seeding count 1/k each, being about a component's share of a sweep. */
  readonly sweeps: number;
}

/** What every fit of the study has in common, ours and others': stopping is not to decide which optimum is reached. */
export const common = { tolerance: 1e-5, maxIterations: 1000, regularization: 1e-4 } as const;

/** Variances under so many times the regularization are its doing. */
export const COLLAPSED = 10;

/** Runs so many starts by one way of fitting. */
export async function ourOutcomes(
  problem: OptimaProblem,
  way: Pick<FitOptions, 'seeding' | 'strategy' | 'epsilon'>,
  starts: number,
): Promise<Outcome[]> {
  const { data, d, k, covariance } = problem;
  const family = gaussian({ covariance });
  // Restarts one after the other, so that sweeps are told apart.
  const device = await resolveBackend('wasm', { threads: 1 });
  const source = matrixSource({ data, shape: [data.length / d, d] });
  const { commonScale } = family;
  const dataset = await loadDataset(source, { device, missing: 'error', commonScale });
  const counter = { sweeps: 0 };
  const marks: number[] = [];
  try {
    const settings = fitSettings({
      ...{ ...common, ...way, family, components: k, restarts: starts },
      onProgress: ({ phase, restart = 0 }) => {
        if (phase === 'seed') marks[restart - 1] ??= counter.sweeps;
      },
    });
    const counted = { ...dataset, shard: countedShard(dataset.shard, k, counter) };
    const runs = await runRestarts(counted, settings, new Stopwatch());
    marks.push(counter.sweeps);
    return runs.map(({ finalObjective, components }, index) => ({
      objective: finalObjective + logVolume(dataset.scaling),
      collapsed: collapsed(family.toParameters(family.toData(components, dataset.scaling)).covariances),
      sweeps: marks[index + 1] - marks[index],
    }));
  } finally {
    dataset.shard.dispose();
  }
}

/** Whether any covariance has a variance, in any direction, under ten times the regularization. */
function collapsed(covariances: readonly number[][][]): boolean {
  const least = COLLAPSED * common.regularization;
  return covariances.some((matrix) => {
    const d = matrix.length;
    return !cholesky(Float64Array.from(matrix.flatMap((row, i) => row.map((v, j) => (i === j ? v - least : v)))), d);
  });
}

/** A shard that counts distances between rows and centres, in sweeps of k components. */
function countedShard(shard: Shard, k: number, counter: { sweeps: number }): Shard {
  const { n, d } = shard;
  return {
    ...{ n, d, take: (indices) => shard.take(indices), dispose: () => shard.dispose() },
    rows(model, options) {
      counter.sweeps += 1;
      return shard.rows(model, options);
    },
    ...{ overlapping: shard.overlapping, atOnce: (shape) => shard.atOnce(shape) },
    sweep(requests, options) {
      for (const { model } of requests) counter.sweeps += model.components.k / k;
      return shard.sweep(requests, options);
    },
    nearestCentres(metric, signal) {
      const inner = shard.nearestCentres(metric, signal);
      const count = (centres: Float64Array): Float64Array => {
        counter.sweeps += centres.length / d / k;
        return centres;
      };
      return {
        potentials: (candidates) => inner.potentials(count(candidates)),
        add: (centres) => inner.add(count(centres)),
        draw: (uniforms) => inner.draw(uniforms),
        sums: () => inner.sums(),
        dispose: () => inner.dispose(),
      };
    },
  };
}
