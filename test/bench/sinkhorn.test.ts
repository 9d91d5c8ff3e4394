/** The bench of transport: its peers, where they are installed, solve the oracle's problem. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { onFiles, peers, runOwn, runPeer, type SinkhornJob } from '../../bench/sinkhorn.js';
import { entropicTransport, squaredDistances } from '../oracle/sinkhorn.js';
import { expectWithin } from '../within.js';

/** Python packages take seconds to import. */
const patience = 120_000;

test.each(peers)(
  '$name reaches the oracle’s objective, or says what is missing',
  async ({ script, modules }) => {
    const sizes = { n: 12, m: 9, d: 2, epsilon: 1, tolerance: 1e-8, maxIterations: 2000 };
    for (const batches of [1, 2]) {
      const job: SinkhornJob = { name: 'small', ...sizes, batches };
      const outcome = await runPeer(script, modules, job, 'float64');
      if ('missing' in outcome) {
        expect(outcome.missing).toContain('run sh bench/peers/setup.sh');
        continue;
      }
      if ('failed' in outcome) throw new Error(outcome.failed);
      const expected = await answers(job);
      expect(outcome).toMatchObject({ reached: true, dtype: 'float64' });
      outcome.values.forEach((value, s) => expectWithin(value, expected[s], 1e-9 * 10, `problem ${s}`));
    }
  },
  patience,
);

test('otmix itself reaches it, and large clouds by SIMD what JavaScript reaches', async () => {
  const sizes = { d: 2, epsilon: 1, tolerance: 1e-8, maxIterations: 2000 };
  const small: SinkhornJob = { name: 'small', n: 12, m: 9, batches: 2, ...sizes };
  const outcome = await runOwn(small, 'wasm');
  expect(outcome).toMatchObject({ reached: true, dtype: 'float64', settings: { backend: 'cpu' } });
  if (!('values' in outcome)) throw new Error(JSON.stringify(outcome));
  const expected = await answers(small);
  outcome.values.forEach((value, s) => expectWithin(value, expected[s], 1e-9 * 10, `problem ${s}`));
  const large: SinkhornJob = { name: 'large', n: 1100, m: 1000, batches: 1, ...sizes };
  const [simd, plain] = [await runOwn(large, 'wasm'), await runOwn(large, 'cpu')];
  expect(simd).toMatchObject({ reached: true, dtype: 'float64', settings: { backend: 'wasm' } });
  expect(plain).toMatchObject({ reached: true, dtype: 'float64', settings: { backend: 'cpu' } });
  if (!('values' in simd && 'values' in plain)) throw new Error('a job without values');
  expectWithin(simd.values[0], plain.values[0], 1e-9, 'large');
});

/** The oracle's objectives of the points that a job is given. */
async function answers({ batches, n, m, d, epsilon, ...rest }: SinkhornJob): Promise<number[]> {
  let expected: number[] = [];
  await onFiles({ batches, n, m, d, epsilon, ...rest }, async ({ raw }) => {
    const read = async (path: string): Promise<Float64Array> => {
      const bytes = await readFile(path);
      return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    };
    const rows = (values: Float64Array, length: number, s: number): number[][] =>
      Array.from({ length }, (_, i) => [...values.subarray((s * length + i) * d, (s * length + i + 1) * d)]);
    const [x, y] = [await read(raw.x), await read(raw.y)];
    expected = Array.from({ length: batches }, (_, s) => {
      const cost = squaredDistances(rows(x, n, s), rows(y, m, s));
      const [a, b] = [new Array<number>(n).fill(1 / n), new Array<number>(m).fill(1 / m)];
      return entropicTransport({ cost, a, b, epsilon }).objective;
    });
    return { status: 0, signal: null, output: '{"missing": ""}', complaints: '' };
  });
  return expected;
}
