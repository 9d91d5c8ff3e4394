/** Numbers by their places in a stream: what kernels/simd/sampling.ts fills arrays with too, sooner. */
import { Words, type Word } from './words.js';
import { normalOf, uniformOf, ziggurat } from './ziggurat.js';

/** Where numbers begin: at number `first` of the stream of a base. */
export interface Place {
  readonly base: Readonly<Word>;
  readonly first: number;
}

/** Of each index the share of a k-th part of [0, 1) that is its own, and the index that has the rest (Walker 1977). */
export interface Aliases {
  readonly shares: Float64Array;
  readonly aliases: Int32Array;
}

/** Uniform numbers in [0, 1), of 53 bits. */
export function fillUniforms({ base, first }: Place, into: Float64Array): void {
  const words = new Words(base, first);
  for (let at = 0; at < into.length; at++) into[at] = uniformOf(words.next());
}

/** Standard normal numbers. */
export function fillNormals({ base, first }: Place, into: Float64Array): void {
  const tables = ziggurat();
  const words = new Words(base, first);
  for (let at = 0; at < into.length; at++) into[at] = normalOf(words.next(), tables);
}

/** Indices, each by one uniform number. */
export function fillIndices({ shares, aliases }: Aliases, { base, first }: Place, into: Int32Array): void {
  const words = new Words(base, first);
  for (let at = 0; at < into.length; at++) {
    const place = uniformOf(words.next()) * shares.length;
    const own = Math.trunc(place);
    into[at] = place - own < shares[own] ? own : aliases[own];
  }
}
