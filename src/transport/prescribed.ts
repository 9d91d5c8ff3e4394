import { anderson } from './anderson.js';
import type { MarginalSolver, Solved } from './solver.js';
import { newton } from './newton.js';
import { pointAt, type Prescription } from './semi-dual.js';

/** Up to so many components the semi-dual is maximised by Newton's method; beyond, the coupling costs too much. */
export const NEWTON_COMPONENTS = 256;
/** The largest error an inner solve may be left with before the last, however little mending it would add to F. */
const LOOSEST = 1e-2;

/**
 * The marginals `fixed` (ρ = Infinity) and `relaxed`: w = b throughout, and g maximises the semi-dual. It is found in a
 * few sweeps from that of the last iteration. Damped Newton steps find it up to 256 components, and Sinkhorn steps with
 * Anderson's acceleration beyond.
 */
export function prescribed(weights: Float64Array, rho: number): MarginalSolver {
  const prescription: Prescription = { weights, rho };
  const coupling = weights.length <= NEWTON_COMPONENTS;
  const maximize = coupling ? newton : anderson;
  const least = weights.reduce((a, b) => Math.min(a, b));
  return {
    coupling,
    tails: true,
    // No component is without rows where the error is under its share.
    loosest: Math.min(LOOSEST, least / 2),
    start: () => ({ weights, potential: new Float64Array(weights.length) }),
    async solve(first, inner): Promise<Solved> {
      const found = await maximize(pointAt(prescription, first), prescription, inner);
      const { side, moments, value, error, ahead = side.potential } = found;
      return { side, moments, objective: value, error, ahead };
    },
    // A component that starts again where rows fit worst has no potential yet: whatever lifted the old one is gone.
    advance: ({ side, ahead = side.potential }, fresh) => ({
      weights,
      potential: ahead.map((value, k) => (fresh.includes(k) ? 0 : value)),
    }),
  };
}
