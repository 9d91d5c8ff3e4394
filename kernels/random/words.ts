/**
 * Random words by number, as the fused kernel makes them too (kernels/simd/assembly/random.ts). Word i of a stream is a
 * mixture of the bits of base + (i + 1) γ modulo 2⁶⁴: splitmix64 (Steele, Lea & Flood 2014). So each is had without those
 * before.
 */

/** A 64-bit word in halves, as 32-bit integers. */
export interface Word {
  high: number;
  low: number;
}

const GAMMA: Readonly<Word> = { high: 0x9e3779b9 | 0, low: 0x7f4a7c15 };
const FIRST: Readonly<Word> = { high: 0xbf58476d | 0, low: 0x1ce4e5b9 };
const SECOND: Readonly<Word> = { high: 0x94d049bb | 0, low: 0x133111eb };

/** word ← word · factor modulo 2⁶⁴. */
function multiply(word: Word, factor: Readonly<Word>): void {
  const [low, high] = [word.low, word.high];
  word.low = Math.imul(low, factor.low);
  word.high =
    (Math.imul(low, factor.high) + Math.imul(high, factor.low) + upperProduct(low >>> 0, factor.low >>> 0)) | 0;
}

/** The upper half of the product of two unsigned 32-bit integers. */
function upperProduct(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (other >>> 16);
}

/** word ← word + addend modulo 2⁶⁴. */
function add(word: Word, { high, low }: Readonly<Word>): void {
  const sum = (word.low >>> 0) + (low >>> 0);
  word.high = (word.high + high + (sum >= 2 ** 32 ? 1 : 0)) | 0;
  word.low = sum | 0;
}

/** word ← word ⊕ (word ≫ bits), of fewer than 32 bits. */
function fold(word: Word, bits: number): void {
  word.low ^= (word.low >>> bits) | (word.high << (32 - bits));
  word.high ^= word.high >>> bits;
}

/** A bijection of words that sends neighbours far apart. */
export function mix(word: Word): void {
  fold(word, 30);
  multiply(word, FIRST);
  fold(word, 27);
  multiply(word, SECOND);
  fold(word, 31);
}

/** An integer of up to 53 bits and a sign, modulo 2⁶⁴. */
export function wordOf(integer: number): Word {
  return { high: Math.floor(integer / 2 ** 32) | 0, low: integer | 0 };
}

/** Words of a stream in their order. */
export class Words {
  /** The word that `next` has come to. */
  readonly word: Word = { high: 0, low: 0 };
  private readonly state: Word;

  /** Before word number `first` of the stream of a base. */
  constructor(base: Readonly<Word>, first = 0) {
    this.state = wordOf(first);
    multiply(this.state, GAMMA);
    add(this.state, base);
  }

  next(): Word {
    const { state, word } = this;
    add(state, GAMMA);
    word.high = state.high;
    word.low = state.low;
    mix(word);
    return word;
  }
}
