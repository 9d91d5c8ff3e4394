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
/** Sizes have 52 bits and a sign: 24 of one word of the generator above 29 of another. */
const SCALE = 2 ** 52;
const LOWER = 2 ** 29;

interface Ziggurat {
  /** Below this a size is in the layer for sure. */
  readonly inside: Float64Array;
  /** From a size to a normal number. */
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

/** Of a size and a layer its place, or that of others where the size is not in the layer, which is seldom. */
function atEdge(layer: number, size: number, { inside, width, height }: Ziggurat, uniform: () => number): number {
  for (;;) {
    const sign = size < 0 ? -1 : 1;
    if (layer === 0) return sign * tail(uniform);
    const x = Math.abs(size) * width[layer];
    const y = height[layer] + uniform() * (height[layer - 1] - height[layer]);
    if (y < Math.exp(-0.5 * x * x)) return sign * x;
    layer = Math.trunc(uniform() * LAYERS);
    size = (2 * uniform() - 1) * SCALE;
    if (Math.abs(size) < inside[layer]) return size * width[layer];
  }
}

/** A normal number beyond the last layer (Marsaglia 1964). */
function tail(uniform: () => number): number {
  for (;;) {
    const x = -Math.log(1 - uniform()) / TAIL;
    if (-2 * Math.log(1 - uniform()) > x * x) return TAIL + x;
  }
}

/**
 * Starts the stream of an integer seed: sfc32 (Doty-Humphrey), and the ziggurat of Marsaglia & Tsang (2000). Its
 * numbers have 53 bits, and bits of their own draw the layer.
 */
export function fastRandom(seed: number): FastRandom {
  const tables = ziggurat();
  const state = Int32Array.of(0, 0, 0, scrambled(Math.floor(seed / 2 ** 32)) | 1);
  for (let word = 0; word < 3; word++) state[word] = scrambled(Math.imul(word + 1, 0x9e3779b1) ^ seed);
  const next = (): number => {
    const word = (state[0] + state[1] + state[3]) | 0;
    state[3]++;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = state[2] + (state[2] << 3);
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + word;
    return word;
  };
  for (let step = 0; step < 16; step++) next();
  const uniform = (): number => ((next() >>> 9) * 2 ** 30 + (next() >>> 2)) / 2 ** 53;
  return {
    uniforms(into) {
      for (let at = 0; at < into.length; at++) into[at] = uniform();
    },
    normals: (into) => fillNormals(into, state, tables, uniform),
  };
}

/** The same generator with its state in variables, which is what makes it fast. */
function fillNormals(into: Float64Array, state: Int32Array, tables: Ziggurat, uniform: () => number): void {
  const { inside, width } = tables;
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let counter = state[3];
  for (let at = 0; at < into.length; at++) {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    const lower = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + lower) | 0;
    const layer = word & (LAYERS - 1);
    const size = (word >> 8) * LOWER + (lower >>> 3);
    if (Math.abs(size) < inside[layer]) {
      into[at] = size * width[layer];
      continue;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
    into[at] = atEdge(layer, size, tables, uniform);
    a = state[0];
    b = state[1];
    c = state[2];
    counter = state[3];
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
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
