import type { Side } from './geometry.js';
import { repeat, type HostArray, type Problem, type Source } from './problem.js';

/**
 * Both clouds about their own weighted means, and the u_i + v_j that their costs lack then. With t = x̄ − ȳ, ‖x − y‖² =
 * ‖x′ − y′‖² + (2 x′·t + t·t) − 2 y′·t, and x·y = x′·y′ + (x′·ȳ + x̄·ȳ) + x̄·y′.
 */
export function centredClouds(
  source: Extract<Source, { kind: 'points' }>,
  { sizes: { batches, n, m }, weights }: Omit<Problem, 'source'>,
): { x: HostArray; y: HostArray; shift: Readonly<Record<Side, Float64Array>> } {
  const [x, y] = [source.x as HostArray, source.y as HostArray].map((cloud) => {
    const [length, d] = cloud.shape.slice(-2);
    const values = cloud.shape.length === 3 ? Float64Array.from(cloud.values) : repeat(cloud.values, batches);
    return { values, shape: [batches, length, d] };
  });
  const d = x.shape[2];
  const shift = { a: new Float64Array(batches * n), b: new Float64Array(batches * m) };
  for (let s = 0; s < batches; s++) {
    const ofX = centre(x.values.subarray(s * n * d, (s + 1) * n * d), weights.a.subarray(s * n, (s + 1) * n), d);
    const ofY = centre(y.values.subarray(s * m * d, (s + 1) * m * d), weights.b.subarray(s * m, (s + 1) * m), d);
    const apart = ofX.map((value, k) => value - ofY[k]);
    const squares = source.metric === 'squaredEuclidean';
    const constant = squares ? dot(apart, 0, apart) : dot(ofX, 0, ofY);
    for (let i = s * n; i < (s + 1) * n; i++) {
      shift.a[i] = constant + (squares ? 2 * dot(x.values, i * d, apart) : dot(x.values, i * d, ofY));
    }
    for (let j = s * m; j < (s + 1) * m; j++) {
      shift.b[j] = squares ? -2 * dot(y.values, j * d, apart) : dot(y.values, j * d, ofX);
    }
  }
  return { x, y, shift };
}

/** Takes the weighted mean off points, in place, and returns it. */
function centre(points: Float64Array, weights: Float64Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  const total = weights.reduce((sum, w) => sum + w, 0);
  points.forEach((value, at) => (mean[at % d] += (weights[Math.floor(at / d)] / total) * value));
  for (let at = 0; at < points.length; at++) points[at] -= mean[at % d];
  return mean;
}

function dot(u: Float64Array, from: number, v: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < v.length; k++) sum += u[from + k] * v[k];
  return sum;
}
