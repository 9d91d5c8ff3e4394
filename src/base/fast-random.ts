import { scrambled } from './random.js';

/** A seeded stream that fills arrays: faster than `Random`, and another stream of the same seed. */
export interface FastRandom {
  /** Fills with uniform numbers in [0, 1), of 53 bits. */
  uniforms(into: Float64Array): void;
  /** Fills with standard normal numbers, of 53 bits. */
  normals(into: Float64Array): void;
}

/** Layers of the ziggurat, where its base ends and the tail begins, and the area of each. */
const LAYERS = 256;
const TAIL = 3.6541528853610088;
const AREA = 0.00492867323399;
/** Numbers of 53 bits: 23 of one word of the generator above 30 of another. */
const SCALE = 2 ** 53;
const UPPER = 2 ** 30;

interface Ziggurat {
  /** Below this a number of 53 bits is in the layer for sure. */
  readonly inside: Float64Array;
  /** From a number of 53 bits to a normal one. */
  readonly width: Float64Array;
  /** e^{−x²/2} at the layer's right edge. */
  readonly height: Float64Array;
}

let shared: Ziggurat | undefined;

function ziggurat(): Ziggurat {
  if (shared) return shared;
  const [inside, width, height] = [0, 0, 0].map(() => new Float64Array(LAYERS));
  const base = AREA / Math.exp(-0.5 * TAIL * TAIL);
  inside[0] = (TAIL / base) * SCALE;
  width[0] = base / SCALE;
  width[LAYERS - 1] = TAIL / SCALE;
  height[0] = 1;
  height[LAYERS - 1] = Math.exp(-0.5 * TAIL * TAIL);
  for (let layer = LAYERS - 2, edge = TAIL; layer >= 1; layer--) {
    const next = Math.sqrt(-2 * Math.log(AREA / edge + Math.exp(-0.5 * edge * edge)));
    inside[layer + 1] = (next / edge) * SCALE;
    width[layer] = next / SCALE;
    height[layer] = Math.exp(-0.5 * next * next);
    edge = next;
  }
  return (shared = { inside, width, height });
}

/**
 * Starts the stream of an integer seed: sfc32 (Doty-Humphrey), and the ziggurat of Marsaglia & Tsang (2000) with numbers
 * of 53 bits whose layer is drawn by bits of its own.
 */
export function fastRandom(seed: number): FastRandom {
  const { inside, width, height } = ziggurat();
  let [a, b, c] = [1, 2, 3].map((salt) => scrambled(Math.imul(salt, 0x9e3779b1) ^ seed));
  let counter = scrambled(Math.floor(seed / 2 ** 32)) | 1;
  const next = (): number => {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word;
  };
  for (let step = 0; step < 16; step++) next();
  const uniform = (): number => ((next() >>> 9) * UPPER + (next() >>> 2)) / SCALE;
  /** A normal number of a layer's edge, or one drawn anew where it is not. */
  const atEdge = (layer: number, size: number): number => {
    for (;;) {
      if (layer === 0) return tail();
      const x = size * width[layer];
      const y = height[layer] + uniform() * (height[layer - 1] - height[layer]);
      if (y < Math.exp(-0.5 * x * x)) return x;
      layer = next() & (LAYERS - 1);
      size = uniform() * SCALE;
      if (size < inside[layer]) return size * width[layer];
    }
  };
  const tail = (): number => {
    for (;;) {
      const x = -Math.log(1 - uniform()) / TAIL;
      if (-2 * Math.log(1 - uniform()) > x * x) return TAIL + x;
    }
  };
  return {
    uniforms(into) {
      for (let at = 0; at < into.length; at++) into[at] = uniform();
    },
    normals(into) {
      for (let at = 0; at < into.length; at++) {
        const word = next();
        const layer = word & (LAYERS - 1);
        const size = (word >>> 9) * UPPER + (next() >>> 2);
        const x = size < inside[layer] ? size * width[layer] : atEdge(layer, size);
        into[at] = (word & LAYERS) === 0 ? x : -x;
      }
    },
  };
}

/** Draws indices with probability proportional to weights, each by one of the stream's numbers (Walker's aliases). */
export function drawLabels(weights: Float64Array, random: FastRandom, into: Int32Array): void {
  const { length } = weights;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight / total) * length);
  const alias = new Int32Array(length);
  const [few, many] = [true, false].map((below) => [...share.keys()].filter((k) => share[k] < 1 === below));
  while (few.length > 0 && many.length > 0) {
    const [small, large] = [few.pop() as number, many[many.length - 1]];
    alias[small] = large;
    share[large] -= 1 - share[small];
    if (share[large] < 1) few.push(many.pop() as number);
  }
  // What rounding has left over holds its own share whole, but for an index that has no weight.
  const heaviest = weights.indexOf(weights.reduce((a, b) => Math.max(a, b)));
  for (const k of [...few, ...many]) {
    alias[k] = heaviest;
    share[k] = weights[k] > 0 ? 1 : 0;
  }
  const block = new Float64Array(Math.min(into.length, 4096));
  for (let from = 0; from < into.length; from += block.length) {
    random.uniforms(block);
    const end = Math.min(block.length, into.length - from);
    for (let i = 0; i < end; i++) {
      const place = block[i] * length;
      const k = Math.trunc(place);
      into[from + i] = place - k < share[k] ? k : alias[k];
    }
  }
}
