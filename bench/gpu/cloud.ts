import { open, type FileHandle } from 'node:fs/promises';
import type { Source } from '../../src/data/source.js';
import { seededRandom } from '../../src/base/random.js';
import { npyHeader } from '../peers/npy.js';

/** Rows made as they are read, so that ten million of them need no memory. */
export interface Cloud {
  readonly n: number;
  readonly d: number;
  /** Float32 rows; the same every time. */
  readonly source: Source;
  /** k components near the clouds' centres, all with the same isotropic covariance. */
  start(k: number): Start;
}

export interface Start {
  readonly weights: number[];
  readonly means: number[][];
  /** Of every column, in every component. */
  readonly variance: number;
}

const CLOUDS = 64;
const BATCH = 2 ** 14;

/**
 * n rows of d columns in 64 unit Gaussians whose centres are about 3 standard deviations apart whatever d, so that rows
 * have shares in many components. The noise is drawn from a table of 65,536 normal numbers, addressed by the
 * high bits of a linear congruential generator (Numerical Recipes' constants): good enough to fit, and
 * several times faster than exact.
 */
export function cloudOf(n: number, d: number, seed = 1): Cloud {
  const random = seededRandom(seed);
  const spread = 2 / Math.sqrt(d);
  const table = Float32Array.from({ length: 2 ** 16 }, () => random.normal());
  const centres = Float32Array.from({ length: CLOUDS * d }, () => spread * random.normal());
  async function* batches() {
    const values = new Float32Array(BATCH * d);
    let state = seed;
    for (let first = 0; first < n; first += BATCH) {
      const rows = Math.min(BATCH, n - first);
      state = fill(values, rows, d, centres, table, state);
      yield { rows, values: values.subarray(0, rows * d) };
    }
  }
  const columns = Array.from({ length: d }, (_, j) => `x${j}`);
  return {
    n,
    d,
    source: { name: 'cloud', columns, rows: n, batches },
    start(k) {
      const jitter = seededRandom(seed, 1);
      const mean = (c: number): number[] =>
        Array.from({ length: d }, (_, j) => centres[(c % CLOUDS) * d + j] + 0.3 * spread * jitter.normal());
      return {
        weights: new Array<number>(k).fill(1 / k),
        means: Array.from({ length: k }, (_, c) => mean(c)),
        variance: 1.5,
      };
    },
  };
}

function fill(
  values: Float32Array,
  rows: number,
  d: number,
  centres: Float32Array,
  table: Float32Array,
  state: number,
): number {
  for (let row = 0, at = 0; row < rows; row++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const centre = (state >>> 26) * d; // the highest six bits: one of 64
    for (let j = 0; j < d; j++, at++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      values[at] = centres[centre + j] + table[state >>> 16];
    }
  }
  return state;
}

/** The source, writing what passes to a .npy file of float32, whole when the source was read to its end. */
export function recorded(source: Source, path: string): Source {
  async function* batches() {
    const shape = [source.rows ?? NaN, source.columns.length];
    const file: FileHandle = await open(path, 'w');
    try {
      await file.writeFile(npyHeader('<f4', shape));
      for await (const batch of source.batches()) {
        const { buffer, byteOffset, byteLength } = batch.values;
        await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
        yield batch;
      }
    } finally {
      await file.close();
    }
  }
  return { ...source, batches };
}
