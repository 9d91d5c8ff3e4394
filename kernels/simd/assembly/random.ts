// Random words, uniform and normal numbers by their places in a stream: kernels/random says how, and gives the same bits.
// Nothing here is relaxed.

const GAMMA: u64 = 0x9e3779b97f4a7c15;
const UNIT: f64 = 1.0 / 9007199254740992;
const TAIL: f64 = 4.038849846109504;

/** Where the stream begins. */
let base: u64 = 0;
/** The ziggurat's layers `[1024, 2]` and heights `[1025]`. */
let layers: usize = 0;
let heights: usize = 0;
/** Scratch: places of numbers at the edges of layers. */
let edges: usize = 0;

/** Sets the places of tables. */
export function placeTables(layersAt: usize, heightsAt: usize, edgesAt: usize): void {
  layers = layersAt; heights = heightsAt; edges = edgesAt;
}

/** Goes to the stream of a base, of which these are the halves. */
export function goTo(high: i32, low: i32): void {
  base = (u64(u32(high)) << 32) | u64(u32(low));
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function mixed(state: u64): u64 {
  let word = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >>> 27)) * 0x94d049bb133111eb;
  return word ^ (word >>> 31);
}

/** The uniform number of a word, in [0, 1). */
// @ts-ignore
@inline
function uniform(word: u64): f64 {
  return f64(i64(word >>> 11)) * UNIT;
}

/** The 52 upper bits less 2⁵¹. */
// @ts-ignore
@inline
function size(word: u64): f64 {
  return f64(i64(word >>> 12) - 0x0008000000000000);
}

/** Where the layer of a word is. */
// @ts-ignore
@inline
function layer(word: u64): usize {
  return layers + ((usize(word) & 1023) << 4);
}

/** Uniform numbers from number `first` of the stream on. */
export function uniforms(first: f64, count: i32, into: usize): void {
  let state = base + GAMMA * u64(first);
  for (const end = into + (usize(count) << 3); into < end; into += 8) {
    state += GAMMA;
    f64.store(into, uniform(mixed(state)));
  }
}

/**
 * Indices under k, each by a uniform number from number `first` of the stream on: of its k-th part that has the number, a
 * share `[k]` is the index itself, the rest its alias `[k]`, an int32 (Walker 1977).
 */
export function indices(first: f64, count: i32, k: f64, shares: usize, aliases: usize, into: usize): void {
  let state = base + GAMMA * u64(first);
  for (const end = into + (usize(count) << 2); into < end; into += 4) {
    state += GAMMA;
    const place = uniform(mixed(state)) * k, own = i32(place);
    const other = i32.load(aliases + (usize(own) << 2));
    i32.store(into, place - f64(own) < f64.load(shares + (usize(own) << 3)) ? own : other);
  }
}

/** Numbers of which those at edges are listed together; the host makes place for half as many. */
const TOGETHER: i32 = 256;

/** Normal numbers from number `first` of the stream on. Of an odd count one more is written. */
export function normals(first: f64, count: i32, into: usize): void {
  let state = base + GAMMA * u64(first);
  for (const end = into + (usize(count) << 3); into < end; into += TOGETHER << 3, state += GAMMA * TOGETHER) {
    const last = pairs(state, into, min(end, into + (TOGETHER << 3)));
    for (let at = edges; at < last; at += 4) mend(state, into, usize(i32.load(at)));
  }
}

/** The numbers of words that are in their layers for sure, two at a time; lists the places of others, and returns its end. */
function pairs(state: u64, into: usize, end: usize): usize {
  // An integer under 2⁵² in the low bits of the number 2⁵² is added to it.
  const whole = f64x2.splat(4503599627370496), offset = f64x2.splat(4503599627370496 + 2251799813685248);
  let list = edges;
  for (; into < end; into += 16, state += 2 * GAMMA) {
    const a = mixed(state + GAMMA), b = mixed(state + 2 * GAMMA);
    const words = i64x2.replace_lane(i64x2.splat(a), 1, b);
    const sizes = f64x2.sub(v128.or(i64x2.shr_u(words, 12), whole), offset);
    const layerA = v128.load(layer(a)), layerB = v128.load(layer(b));
    v128.store(into, f64x2.mul(sizes, v128.shuffle<f64>(layerA, layerB, 1, 3)));
    if (!v128.any_true(f64x2.ge(f64x2.abs(sizes), v128.shuffle<f64>(layerA, layerB, 0, 2)))) continue;
    i32.store(list, i32(into));
    list += 4;
  }
  return list;
}

/** Draws the two numbers at a place again, whatever their words. */
function mend(state: u64, from: usize, at: usize): void {
  state += GAMMA * (u64(at - from) >>> 3);
  for (let i: usize = 0; i < 16; i += 8) {
    state += GAMMA;
    f64.store(at + i, normalOf(mixed(state)));
  }
}

/** The normal number of a word, whatever the word. */
function normalOf(word: u64): f64 {
  let state = word;
  while (true) {
    const own = layer(word), place = size(word), x = place * f64.load(own, 8);
    if (abs(place) < f64.load(own)) return x;
    if (own == layers) return copysign(tail(state), x);
    state += GAMMA;
    const edge = heights + ((own - layers) >>> 1), low = f64.load(edge);
    const y = low + uniform(mixed(state)) * (f64.load(edge, 8) - low);
    if (-2 * log(y) > x * x) return x;
    state += GAMMA;
    word = mixed(state);
  }
}

function tail(state: u64): f64 {
  while (true) {
    state += GAMMA;
    const x = -log(1 - uniform(mixed(state))) / TAIL;
    state += GAMMA;
    if (-2 * log(1 - uniform(mixed(state))) > x * x) return TAIL + x;
  }
}

/** For 0 < x ≤ 1, of normal numbers. */
function log(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000), e = f64(i32(bits >>> 52) - 1023);
  if (m >= 2 * 0.7071067811865476) {
    m *= 0.5;
    e += 1;
  }
  const f = m - 1, s = f / (2 + f), z = s * s, w = z * z;
  const odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const even = z * (0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return e * 6.93147180369123816490e-1 - (half - (s * (half + (odd + even)) + e * 1.90821492927058770002e-10) - f);
}
