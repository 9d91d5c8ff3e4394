import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of random numbers: the same seed gives the same numbers everywhere. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
}

/** Starts the stream of an integer seed; `stream` gives independent streams of one seed. */
export function seededRandom(seed: number, stream = 0): Random {
  // The generator is linear: streams of seeds that are alike would stay alike.
  const generator = xoroshiro128plus(scrambled(Math.imul(stream + 1, 0x9e3779b1) + seed));
  const uniform = (): number => uniformFloat64(generator);
  let spare: number | undefined;
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    },
  };
}

/** A bijection of 32-bit integers that sends neighbours far apart: the finalizer of MurmurHash3 (Appleby). */
export function scrambled(seed: number): number {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Draws an index with probability proportional to `weights`, by one uniform number in [0, 1). */
export function drawIndex(weights: ArrayLike<number>, uniform: number): number {
  return drawIndices(weights, [uniform])[0];
}

/** The same by each of several uniform numbers, in their order; one pass over the weights. */
export function drawIndices(weights: ArrayLike<number>, uniforms: readonly number[]): number[] {
  return drawFromPieces(() => [weights], uniforms);
}

/** The same of weights that come in pieces: they are read twice, to the same draws. */
export function drawFromPieces(pieces: () => Iterable<ArrayLike<number>>, uniforms: readonly number[]): number[] {
  let total = 0;
  for (const weights of pieces()) for (let i = 0; i < weights.length; i++) total += weights[i];
  const rising = [...uniforms.keys()].sort((a, b) => uniforms[a] - uniforms[b]);
  const drawn = new Array<number>(uniforms.length).fill(0);
  let next = 0;
  let sum = 0;
  let last = 0;
  let before = 0;
  for (const weights of pieces()) {
    for (let i = 0; i < weights.length && next < rising.length; i++) {
      if (weights[i] <= 0) continue;
      last = before + i;
      sum += weights[i];
      for (; next < rising.length && uniforms[rising[next]] * total < sum; next++) drawn[rising[next]] = last;
    }
    before += weights.length;
    if (next === rising.length) break;
  }
  // Rounding may leave the sum a little under the total.
  for (; next < rising.length; next++) drawn[rising[next]] = last;
  return drawn;
}
