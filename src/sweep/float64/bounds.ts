import { packedSize, packFactor } from '../../../kernels/simd/layout.js';
import type { TileBounds } from '../../../kernels/simd/tiles64/model.js';
import { inShared } from '../../threads/shared.js';
import { logitBounds } from '../bounds.js';
import type { Floats, PlanModel } from '../model.js';

/** Logits so far under a row's largest are of no normal share, nats (kernels/simd/assembly/tiles64/transport.ts). */
const NOTHING = -708;
/** Standard deviations from 0 beyond which float64 coordinates might not tell distances well enough for bounds. */
const REACH = 2 ** 20;

/**
 * Bounds of the logits of n rows, where the model is a Gaussian with matrices alone. Undefined where they would not pay.
 * `share`: that under which a component has nothing of a row.
 */
export function tileBounds(
  { components, weights, epsilon }: PlanModel<Floats>,
  { n, share, rate }: { readonly n: number; readonly share: number; readonly rate: number },
): TileBounds | undefined {
  const { k, quadratic, linear } = components;
  const [term] = quadratic;
  if (quadratic.length !== 1 || linear || term.radial) return undefined;
  const least = Math.max(Math.log(share), NOTHING);
  const [means, whitening] = [Float64Array.from(term.means), Float64Array.from(term.whitening)];
  const bounds = logitBounds({ ...term, k, means, whitening }, weights, { n, least, rate });
  if (!bounds) return undefined;
  const { columns: m, origin, projection } = bounds;
  const transposed = Float64Array.from(
    { length: m * term.d },
    (_, at) => projection[(at % term.d) * m + Math.floor(at / term.d)],
  );
  // y is taken of x itself.
  const shift = Float64Array.from({ length: m }, (_, j) =>
    origin.reduce((sum, value, i) => sum + value * projection[i * m + j], 0),
  );
  const centres = bounds.means.map((mean, at) => mean + shift[at % m]);
  const size = packedSize(m);
  const factors = new Float64Array(k * size);
  for (let c = 0; c < k; c++)
    packFactor(bounds.whitening.subarray(c * m * m, (c + 1) * m * m), m, factors.subarray(c * size, (c + 1) * size));
  if (largest(centres) * largest(factors) > REACH) return undefined;
  const shared = { projection: inShared(transposed), means: inShared(centres), factors: inShared(factors) };
  return { least: epsilon === 0 ? 0 : least, columns: m, ...shared };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
