import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource } from '../src/data/files/open.js';
import { fitMixture } from '../src/fit/fit.js';
import type { FitOptions } from '../src/fit/options.js';
import { gaussian } from '../src/families/gaussian.js';
import { median } from './iterations.js';
import { digits, table } from './table.js';

/** Workers, each with one unit of so many rows: next to nothing to sweep. */
const WORKERS = 4;
const ROWS = 1024;
const THREADS = Math.min(WORKERS, availableParallelism());

/** What an iteration takes of a model of so many bytes, ms. */
export interface ClusterResult {
  readonly bytes: number;
  readonly iterations: number;
  /** The same rows in this process, on as many threads as there are workers, or cores. */
  readonly alone: number;
  readonly processes: number;
  /** NaN where OTMIX_PYTHON names no Python that has Ray. */
  readonly ray: number;
}

/** Models of 100 kB and 10 MB of float64: k (1 + d + d²) numbers. */
const sizes = [
  { k: 45, d: 16 },
  { k: 75, d: 128 },
] as const;

/** `npm run bench -- cluster`: what workers cost beside their sweeps, as medians of so many iterations. */
export async function benchCluster(iterations: number, say: (text: string) => void): Promise<readonly ClusterResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-cluster-'));
  try {
    const results: ClusterResult[] = [];
    for (const { k, d } of sizes) {
      const path = join(folder, `rows-${d}.npy`);
      await writeFile(path, noise(WORKERS * ROWS, d));
      const timed = async (address?: string): Promise<number> => {
        const figure = await iterationOf(path, k, iterations, address);
        say(`measured ${k} components of ${d} columns ${address === undefined ? 'in one process' : `by ${address}`}`);
        return figure;
      };
      results.push({
        ...{ bytes: 8 * k * (1 + d + d * d), iterations },
        ...{ alone: await timed(), processes: await timed('processes') },
        ray: process.env.OTMIX_PYTHON ? await timed('local') : NaN,
      });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Median milliseconds between the ends of iterations. */
async function iterationOf(path: string, k: number, iterations: number, address?: string): Promise<number> {
  const ends: number[] = [];
  const python = process.env.OTMIX_PYTHON;
  const options: FitOptions = {
    ...{ components: k, family: gaussian({ covariance: 'full' }), seeding: 'random', regularization: 1 },
    ...{ tolerance: 0, maxIterations: iterations, acceleration: 'none', precision: 'float32', threads: THREADS },
    onProgress: ({ iteration }) => {
      if (iteration) ends.push(performance.now());
    },
    ...(address && {
      cluster: { address, workers: WORKERS, unitRows: ROWS, gpus: 0, ...(python && { python }) },
      backend: 'wasm',
    }),
  };
  await fitMixture(await openSource(path), options);
  return median(ends.slice(1).map((end, at) => end - ends[at]));
}

/** Rows without clusters as a NumPy file: components stay apart by chance alone, and EM does not end. */
function noise(rows: number, d: number): Buffer {
  const values = Float64Array.from({ length: rows * d }, (_, at) => ((at + 1) * 0.618_033_988_749_895) % 1);
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${d}), }`.padEnd(117) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(118)}\x00${header}`, 'latin1');
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}

export function clusterTable(results: readonly ClusterResult[]): string {
  const rows = results.map(({ bytes, iterations, alone, processes, ray }) => [
    `${digits(bytes / 1000)} kB`,
    ...[String(iterations), digits(alone), digits(processes), digits(ray), digits(ray - alone)],
  ]);
  const heads = ['model', 'iterations', 'one process, ms', `${WORKERS} processes, ms`, `Ray, ${WORKERS} workers, ms`];
  return table([...heads, 'Ray beyond one process'], rows);
}
