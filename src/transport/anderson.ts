import { cholesky, solveCholesky } from '../base/cholesky.js';
import type { InnerSolve } from './solver.js';
import { dot, largest, moved, pointAt, type Point, type Prescription } from './semi-dual.js';

/** Sweeps of one inner solve at the most. */
const MOST_SWEEPS = 500;
/** Steps remembered. */
const WINDOW = 6;
/** How far an accelerated step may move a potential, nats, or as far again as the plain one moves any. */
const RADIUS = 20;
/** Differences of D that float32 sweeps do not resolve, nats per nat of D. */
const RESOLUTION = 1e-6;
/** Sweeps that may pass without a smaller error before it is as small as sweeps resolve. */
const PATIENCE = 25;

/**
 * What a mass that sweeps say is 0 has at the most: e^−87.3 of every row is 0 there. A step that is shorter than
 * Sinkhorn's in some components still raises D, which it bounds from below one by one. A longer one may lower D.
 */
const FAINTEST = 2e-38;

/** A potential, and the Sinkhorn step from it. */
interface Iterate {
  readonly potential: Float64Array;
  readonly step: Float64Array;
}

/**
 * Solves for the potential by Sinkhorn steps g ← τ (g + ε (log b − log m)), τ = ρ/(ρ+ε), with Anderson's acceleration
 * (Walker & Ni 2011): masses alone, no coupling. An accelerated step that lowers D is taken back; a plain one never
 * does. For many components, where the coupling would cost more than the moments.
 */
export async function anderson(start: Point, prescription: Prescription, inner: InnerSolve): Promise<Point> {
  let point = start;
  let best = start;
  let waited = 0;
  let history: Iterate[] = [];
  for (let sweeps = 0; best.error > inner.tolerance && sweeps < MOST_SWEEPS && waited < PATIENCE; sweeps++) {
    const step = sinkhornStep(point, prescription, inner.epsilon);
    history = [...history, { potential: point.side.potential, step }].slice(-WINDOW - 1);
    const jump = accelerated(history, prescription.weights);
    const next = pointAt(prescription, await inner.sweep(moved(prescription, point.side, jump)));
    // Far from the solution D decides, and the error may rise on the way.
    waited = next.error < best.error || next.error > 1e-3 ? 0 : waited + 1;
    if (next.error < best.error) best = next;
    if (next.value >= point.value - RESOLUTION * Math.max(1, Math.abs(point.value))) point = next;
    else if (history.length > 1) history = [];
    else break;
  }
  return best;
}

/** τ (g + ε (log b − log m)) − g, `[k]`. */
function sinkhornStep({ side, mass }: Point, { weights, rho }: Prescription, epsilon: number): Float64Array {
  const tau = rho === Infinity ? 1 : rho / (rho + epsilon);
  return mass.map((share, k) => {
    const g = side.potential[k];
    return tau * (g + epsilon * (Math.log(weights[k]) - Math.log(Math.max(share, FAINTEST)))) - g;
  });
}

/**
 * f − Σ_j γ_j (Δg_j + Δf_j) with γ least squares of f by Δf, components counting by b. The
 * plain step where there is no past.
 */
function accelerated(history: readonly Iterate[], weights: Float64Array): Float64Array {
  const { step } = history[history.length - 1];
  const changes = history.slice(1).map((one, j) => ({
    moved: one.potential.map((value, k) => value - history[j].potential[k]),
    bent: one.step.map((value, k) => value - history[j].step[k]),
  }));
  const size = changes.length;
  const weighed = changes.map(({ bent }) => bent.map((value, k) => value * weights[k]));
  const gram = new Float64Array(size * size).map((_, at) =>
    dot(changes[Math.floor(at / size)].bent, weighed[at % size]),
  );
  const trace = changes.reduce((sum, _, j) => sum + gram[j * size + j], 0);
  for (let j = 0; j < size; j++) gram[j * size + j] += 1e-10 * trace;
  const factor = size > 0 ? cholesky(gram, size) : undefined;
  if (!factor) return step;
  const gamma = solveCholesky(
    factor,
    Float64Array.from(weighed, (one) => dot(one, step)),
  );
  const radius = Math.max(RADIUS, 2 * largest(step));
  return step.map((value, k) => {
    const jump = changes.reduce((sum, change, j) => sum - gamma[j] * (change.moved[k] + change.bent[k]), value);
    return Math.max(-radius, Math.min(radius, jump));
  });
}
