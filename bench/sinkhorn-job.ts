/**
 * otmix's side of the bench of transport, in a process of its own so that its memory is its own: a job on standard
 * input, the result on standard output, in the form of bench/peers/sinkhorn_job.py.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { sinkhorn } from '../src/sinkhorn/sinkhorn.js';
import { version } from '../src/base/version.js';
import type { JobFiles, OwnBackend, SinkhornJob, SinkhornResult } from './sinkhorn.js';

const { batches, n, m, d, epsilon, tolerance, maxIterations, raw, backend } = JSON.parse(
  await text(process.stdin),
) as SinkhornJob & JobFiles & { readonly backend: OwnBackend };
const read = async (path: string): Promise<Float64Array> => {
  const bytes = await readFile(path);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8).slice();
};
const x = { data: await read(raw.x), shape: [batches, n, d] };
const y = { data: await read(raw.y), shape: [batches, m, d] };
const options = { epsilon, tolerance, maxIterations, backend };
if (batches * n * m <= 1e7) await sinkhorn({ x, y }, options);
const began = performance.now();
const solution = await sinkhorn({ x, y }, options);
const seconds = (performance.now() - began) / 1000;
const result: SinkhornResult = {
  version,
  seconds,
  error: Math.max(...solution.marginalErrors.b),
  reached: solution.status === 'converged',
  values: [...solution.objectives],
  iterations: Math.max(...solution.iterations),
  dtype: solution.precision,
  about: `Node ${process.versions.node}`,
  settings: { backend: solution.backend },
  peak_bytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
