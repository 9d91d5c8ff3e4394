/**
 * Normal numbers of random words: the ziggurat of Marsaglia & Tsang (2000), of 1024 layers. What the fused kernel
 * (kernels/simd/assembly/normals.ts) draws is this, bit for bit: of functions that engines may round differently there
 * are none.
 */
import { Words, type Word } from './words.js';

const LAYERS = 1024;
/** Where the tail begins; the density there, e^{−x²/2}; and the area of each layer, the base with the tail among them. */
const TAIL = 4.038849846109504;
const DENSITY = 0.0002869639270833279;
const AREA = 0.0012263246463530897;
/** Sizes have a sign and 51 bits. */
const UNIT = 2 ** 51;

export interface Ziggurat {
  /** Of each layer the sizes below which numbers are in it for sure, and its width in units of size: `[1024, 2]`. */
  readonly layers: Float64Array;
  /** The density at the right edge of each layer and, last, at 0: `[1025]`. */
  readonly heights: Float64Array;
}

let shared: Ziggurat | undefined;

/** The tables, made once. */
export function ziggurat(): Ziggurat {
  if (shared) return shared;
  const edges = new Float64Array(LAYERS + 1);
  const heights = new Float64Array(LAYERS + 1);
  edges[0] = AREA / DENSITY;
  edges[1] = TAIL;
  heights[1] = DENSITY;
  for (let layer = 2; layer < LAYERS; layer++) {
    heights[layer] = heights[layer - 1] + AREA / edges[layer - 1];
    edges[layer] = Math.sqrt(-2 * logOf(heights[layer]));
  }
  heights[LAYERS] = 1;
  const layers = new Float64Array(2 * LAYERS);
  for (let layer = 0; layer < LAYERS; layer++) {
    layers[2 * layer] = Math.floor((edges[layer + 1] / edges[layer]) * UNIT);
    layers[2 * layer + 1] = edges[layer] / UNIT;
  }
  return (shared = { layers, heights });
}

/** The normal number of a word: ten bits choose the layer, 52 others a place in it. */
export function normalOf(word: Readonly<Word>, { layers, heights }: Ziggurat): number {
  let own = word;
  let more: Words | undefined;
  for (;;) {
    const layer = own.low & (LAYERS - 1);
    const size = (own.high >>> 0) * 2 ** 20 + (own.low >>> 12) - UNIT;
    const x = size * layers[2 * layer + 1];
    if (Math.abs(size) < layers[2 * layer]) return x;
    // Seldom: then the word is the base of a stream of its own.
    more ??= new Words(word);
    if (layer === 0) return x < 0 ? -tail(more) : tail(more);
    const y = heights[layer] + uniformOf(more.next()) * (heights[layer + 1] - heights[layer]);
    if (-2 * logOf(y) > x * x) return x;
    own = more.next();
  }
}

/** A number beyond the last layer (Marsaglia 1964). */
function tail(words: Words): number {
  for (;;) {
    const x = -logOf(1 - uniformOf(words.next())) / TAIL;
    if (-2 * logOf(1 - uniformOf(words.next())) > x * x) return TAIL + x;
  }
}

/** The uniform number of a word, in [0, 1), of 53 bits. */
export function uniformOf(word: Readonly<Word>): number {
  return ((word.high >>> 0) * 2 ** 21 + (word.low >>> 11)) / 2 ** 53;
}

/**
 * log x for 2⁻⁵³ ≤ x ≤ 1, error under one unit in the last place, by sums, products and quotients alone: that of fdlibm
 * (Sun Microsystems 1993). x = m 2^e with m in [√½, √2).
 */
export function logOf(x: number): number {
  let m = x;
  let e = 0;
  for (; m < Math.SQRT1_2; m *= 2) e--;
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const even =
    z * (0.666666666666673513 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return e * 6.9314718036912381649e-1 - (half - (s * (half + (odd + even)) + e * 1.90821492927058770002e-10) - f);
}
