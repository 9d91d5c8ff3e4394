/** Random numbers, and rows of Gaussians, by assembly/sampling.ts: the same bits as by kernels/random, sooner. */
import type { Gaussians } from '../random/gaussians.js';
import type { Aliases, Place } from '../random/numbers.js';
import { ziggurat } from '../random/ziggurat.js';
import { Arena } from './arena.js';
import { instantiate } from './instance.js';

interface Exports {
  readonly memory: WebAssembly.Memory;
  placeTables(layers: number, heights: number, edges: number): void;
  goTo(high: number, low: number): void;
  uniforms(first: number, count: number, into: number): void;
  normals(first: number, count: number, into: number): void;
  indices(first: number, count: number, k: number, ...places: number[]): void;
  placeGaussians(k: number, d: number, ...placesAndSteps: number[]): void;
  shear(x: number, rows: number, labels: number): void;
  stretch(x: number, rows: number, labels: number): void;
}

/** Values of a block: they stay in the second-level cache, and calls are short, so that an engine can optimise between them. */
const VALUES = 2 ** 13;
/** Rows of each component in a block, so that nearly all are worked on by fours, and values of a block at the most. */
const OWN_ROWS = 16;
const MOST_VALUES = 2 ** 20;
/** Bytes of factors at the most, and bytes of memory that are kept. */
const MOST_BYTES = 2 ** 30;
const KEPT_BYTES = 2 ** 22;

/** Numbers of which those at edges of layers are listed together (assembly/random.ts). */
const TOGETHER = 256;

/** Rows that are drawn block by block, in any order; over with the kernel's next call. */
export interface Drawing {
  /** Rows of a block at the most. */
  readonly most: number;
  /** Rows `from` to `to`, `[to − from, d]`, `from` a multiple of `most`; a view that the next block overwrites. */
  rows(from: number, to: number): Float64Array;
}

/** Draws with a memory of its own; every call is complete in itself. */
export class SamplingKernel {
  private readonly wasm: Exports;
  private readonly arena: Arena;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as Exports;
    this.arena = new Arena(this.wasm.memory);
    const { layers, heights } = ziggurat();
    const [layersAt, heightsAt, edgesAt] = this.begin();
    this.arena.reserve();
    this.arena.doubles(layersAt, layers.length).set(layers);
    this.arena.doubles(heightsAt, heights.length).set(heights);
    this.wasm.placeTables(layersAt, heightsAt, edgesAt);
  }

  /** Whether so little memory has been taken that it may be kept. */
  get small(): boolean {
    return this.wasm.memory.buffer.byteLength <= KEPT_BYTES;
  }

  /** As `fillUniforms`. */
  uniforms(place: Place, into: Float64Array): void {
    this.fill('uniforms', place, into);
  }

  /** As `fillNormals`. */
  normals(place: Place, into: Float64Array): void {
    this.fill('normals', place, into);
  }

  private fill(numbers: 'uniforms' | 'normals', { base, first }: Place, into: Float64Array): void {
    this.begin();
    const at = this.takeDoubles(VALUES);
    this.arena.reserve();
    this.wasm.goTo(base.high, base.low);
    for (let from = 0; from < into.length; from += VALUES) {
      const count = Math.min(VALUES, into.length - from);
      this.wasm[numbers](first + from, count, at);
      into.set(this.arena.doubles(at, count), from);
    }
  }

  /** As `fillIndices`. */
  indices({ shares, aliases }: Aliases, { base, first }: Place, into: Int32Array): void {
    const k = shares.length;
    this.begin();
    const [sharesAt, aliasesAt, at] = [this.takeDoubles(k), this.arena.take(k), this.arena.take(VALUES)];
    this.arena.reserve();
    this.arena.doubles(sharesAt, k).set(shares);
    this.arena.integers(aliasesAt, k).set(aliases);
    this.wasm.goTo(base.high, base.low);
    for (let from = 0; from < into.length; from += VALUES) {
      const count = Math.min(VALUES, into.length - from);
      this.wasm.indices(first + from, count, k, sharesAt, aliasesAt, at);
      into.set(this.arena.integers(at, count), from);
    }
  }

  /** As `drawGaussians`; false, and nothing is drawn, where the factors would take more than `MOST_BYTES`. */
  gaussians(gaussians: Gaussians, place: Place, labels: Int32Array, data: Float64Array): boolean {
    const draw = this.drawing(gaussians, place, labels);
    if (!draw) return false;
    for (let from = 0; from < labels.length; from += draw.most) {
      data.set(draw.rows(from, Math.min(from + draw.most, labels.length)), from * gaussians.d);
    }
    return true;
  }

  /** The same for whoever takes rows as they are drawn; undefined where factors would take too much. */
  drawing({ k, d, means, factors }: Gaussians, { base, first }: Place, labels: Int32Array): Drawing | undefined {
    const matrices = !(factors instanceof Float64Array);
    const size = matrices ? packedLength(d) : wholeBlocks(d);
    const count = matrices ? factors.length : k;
    if (count * size * 8 > MOST_BYTES) return undefined;
    const most = Math.min(labels.length, matrices ? rowsTogether(k, d) : Math.ceil(VALUES / d));
    this.begin();
    const [meansAt, factorsAt] = [this.takeDoubles(k * wholeBlocks(d)), this.takeDoubles(count * size)];
    const [labelsAt, orderAt, endsAt] = [most, most, k].map((length) => this.arena.take(length));
    const x = this.takeDoubles(most * d + 1); // numbers are made in pairs
    this.arena.reserve();
    padRows(means, d, this.arena.doubles(meansAt, k * wholeBlocks(d)));
    if (matrices) factors.forEach((one, c) => pack(one, d, this.arena.doubles(factorsAt + c * size * 8, size)));
    else padRows(factors, d, this.arena.doubles(factorsAt, k * size));
    this.wasm.placeGaussians(k, d, meansAt, factorsAt, count > 1 ? size * 8 : 0, orderAt, endsAt);
    this.wasm.goTo(base.high, base.low);
    return {
      most,
      rows: (from, to) => {
        this.arena.integers(labelsAt, to - from).set(labels.subarray(from, to));
        this.wasm.normals(first + from * d, (to - from) * d, x);
        this.wasm[matrices ? 'shear' : 'stretch'](x, to - from, labelsAt);
        return this.arena.doubles(x, (to - from) * d);
      },
    };
  }

  /** Places of the tables, which are always the first. */
  private begin(): [layers: number, heights: number, edges: number] {
    this.arena.begin();
    const { layers, heights } = ziggurat();
    return [this.takeDoubles(layers.length), this.takeDoubles(heights.length), this.arena.take(TOGETHER / 2 + 1)];
  }

  private takeDoubles(count: number): number {
    return this.arena.take(2 * count);
  }
}

/** Rows that are drawn at once from k matrices. */
function rowsTogether(k: number, d: number): number {
  return Math.max(Math.ceil(VALUES / d), Math.min(OWN_ROWS * k, Math.floor(MOST_VALUES / d)));
}

/** d filled up to whole blocks of four columns. */
function wholeBlocks(d: number): number {
  return Math.ceil(d / 4) * 4;
}

function padRows(rows: Float64Array, d: number, into: Float64Array): void {
  const width = wholeBlocks(d);
  into.fill(0);
  for (let from = 0, to = 0; from < rows.length; from += d, to += width) into.set(rows.subarray(from, from + d), to);
}

/** Numbers of a packed factor. */
function packedLength(d: number): number {
  let length = 0;
  for (let i = 0; i < d; i += 4) length += 4 * Math.min(i + 4, d);
  return length;
}

/** Packs a lower triangular matrix as assembly/gaussians.ts reads it. */
function pack(lower: Float64Array, d: number, into: Float64Array): void {
  let at = 0;
  for (let i = wholeBlocks(d) - 4; i >= 0; i -= 4) {
    for (let j = 0; j < Math.min(i + 4, d); j++) {
      for (let row = i; row < i + 4; row++) into[at++] = row < d && j <= row ? lower[row * d + j] : 0;
    }
  }
}
