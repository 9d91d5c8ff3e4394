import { fillIndices, fillNormals, fillUniforms, type Aliases, type Place } from '../../kernels/random/numbers.js';
import { mix, wordOf, type Word } from '../../kernels/random/words.js';
import { samplingKernel } from '../../kernels/simd/sampling.js';

/**
 * A seeded stream that fills arrays: another than `Random` of the same seed, and faster. Its numbers are the same bits in
 * every engine. They come from the kernel; where an engine has none, from its definition.
 */
export class FastRandom {
  private readonly base: Readonly<Word>;
  private next = 0;

  /** Starts the stream of an integer seed; `stream` gives independent streams of one seed. */
  constructor(seed: number, stream = 0) {
    const base = wordOf(seed);
    mix(base);
    base.low ^= stream;
    mix(base);
    this.base = base;
  }

  /** Leaves out so many numbers, for whoever makes them from their place. */
  skip(count: number): Place {
    const first = this.next;
    this.next += count;
    return { base: this.base, first };
  }

  /** Fills with uniform numbers in [0, 1), of 53 bits. */
  uniforms(into: Float64Array): void {
    const place = this.skip(into.length);
    const kernel = samplingKernel();
    if (kernel) kernel.uniforms(place, into);
    else fillUniforms(place, into);
  }

  /** Fills with standard normal numbers, of 52 bits. */
  normals(into: Float64Array): void {
    const place = this.skip(into.length);
    const kernel = samplingKernel();
    if (kernel) kernel.normals(place, into);
    else fillNormals(place, into);
  }
}

/** Draws indices with probability proportional to weights, each by one of the stream's numbers. */
export function drawLabels(weights: Float64Array, random: FastRandom, into: Int32Array): void {
  const table = aliasesOf(weights);
  const place = random.skip(into.length);
  const kernel = samplingKernel();
  if (kernel) kernel.indices(table, place, into);
  else fillIndices(table, place, into);
}

/** Walker's table of weights. */
export function aliasesOf(weights: Float64Array): Aliases {
  const { length } = weights;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => (weight / total) * length);
  const aliases = new Int32Array(length);
  const [few, many] = [true, false].map((below) => [...shares.keys()].filter((k) => shares[k] < 1 === below));
  while (few.length > 0 && many.length > 0) {
    const [small, large] = [few.pop() as number, many[many.length - 1]];
    aliases[small] = large;
    shares[large] -= 1 - shares[small];
    if (shares[large] < 1) few.push(many.pop() as number);
  }
  // What rounding has left over holds its own share whole, but for an index that has no weight.
  const heaviest = weights.indexOf(weights.reduce((a, b) => Math.max(a, b)));
  for (const k of [...few, ...many]) {
    aliases[k] = heaviest;
    shares[k] = weights[k] > 0 ? 1 : 0;
  }
  return { shares, aliases };
}
