import type { Aliases } from '../../../kernels/random/numbers.js';
import type { FastRandom } from '../../base/fast-random.js';
import { log } from '../../base/special/elementary.js';

/** Numbers that are taken from the stream at once: a kernel makes many sooner than one by one. */
const BLOCK = 512;

/**
 * Random numbers one by one, for values that take now more of them, now fewer. They come from blocks of a stream, of
 * uniform and of normal numbers, and are the same bits in every engine. What is left of the last blocks is lost.
 */
export class Numbers {
  private readonly uniforms = new Float64Array(BLOCK);
  private readonly normals = new Float64Array(BLOCK);
  private nextUniform = BLOCK;
  private nextNormal = BLOCK;

  constructor(private readonly random: FastRandom) {}

  /** Uniform in [0, 1), of 53 bits. */
  uniform(): number {
    if (this.nextUniform === BLOCK) {
      this.random.uniforms(this.uniforms);
      this.nextUniform = 0;
    }
    return this.uniforms[this.nextUniform++];
  }

  /** Uniform in (0, 1], so that it has a logarithm. */
  positive(): number {
    return 1 - this.uniform();
  }

  /** Standard normal. */
  normal(): number {
    if (this.nextNormal === BLOCK) {
      this.random.normals(this.normals);
      this.nextNormal = 0;
    }
    return this.normals[this.nextNormal++];
  }

  /** Exponential of rate 1. */
  exponential(): number {
    return -log(this.positive());
  }

  /** An index, as often as a table of weights says. */
  index({ shares, aliases }: Aliases): number {
    const place = this.uniform() * shares.length;
    const own = Math.trunc(place);
    return place - own < shares[own] ? own : aliases[own];
  }
}
