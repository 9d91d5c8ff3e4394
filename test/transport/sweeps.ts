/** Sweeps over a cost matrix in float64, to look at solvers apart from data, components and float32. */
import type { Moments } from '../../src/sweep/moments.js';
import type { InnerSolve } from '../../src/transport/solver.js';
import { logSumExp, sum } from '../oracle/index.js';

export interface CountedSolve extends InnerSolve {
  /** Sweeps so far. */
  readonly count: () => number;
}

/** What an inner solve needs: cost `[n][k]`, row masses a `[n]`, of any sum. */
export function sweepsOf(cost: number[][], a: number[], { epsilon = 1, tolerance = 1e-10 } = {}): CountedSolve {
  let count = 0;
  const sweep: InnerSolve['sweep'] = (side) => {
    count++;
    const k = side.weights.length;
    const moments = {
      ...{ weight: sum(a), objective: 0, quadratic: [] },
      mass: new Float64Array(k),
      coupling: new Float64Array(k * k),
    } satisfies Moments;
    cost.forEach((row, i) => {
      const exponents = row.map((c, l) => Math.log(side.weights[l]) + (side.potential[l] - c) / epsilon);
      const total = logSumExp(exponents);
      const r = exponents.map((exponent) => Math.exp(exponent - total));
      moments.objective -= a[i] * epsilon * total;
      r.forEach((share, l) => {
        moments.mass[l] += a[i] * share;
        r.forEach((other, m) => (moments.coupling[l * k + m] += a[i] * share * other));
      });
    });
    return Promise.resolve({ side, moments });
  };
  return { sweep, epsilon, tolerance, count: () => count };
}
