/** Fits as many rows as its argument says, which a source generates block after block (bench/generated.ts). */
import { setImmediate } from 'node:timers/promises';
import { fitMixture, loadMixture, type Batch, type Source } from '../src/index.js';

const COMPONENTS = 8;
/** Rows that are generated at once; their numbers follow from their place alone, so that every read has the same. */
const AT_ONCE = 2 ** 16;
/** Bytes that rows may take of memory. */
const LITTLE = 2 ** 24;

const rows = Number(process.argv[2]);
const truth = await loadMixture({
  ...{ format: 'otmix-mixture', version: 1, family: 'gaussian', options: { covariance: 'full' }, columns: ['x', 'y'] },
  weights: Array.from({ length: COMPONENTS }, () => 1 / COMPONENTS),
  means: Array.from({ length: COMPONENTS }, (_, c) => [3 * (c % 4), 4 * Math.floor(c / 4)]),
  covariances: Array.from({ length: COMPONENTS }, (_, c) => [1, c / 16, c / 16, 0.5]).flat(),
});

const source: Source = {
  name: 'generated rows',
  columns: ['x', 'y'],
  rows,
  async *batches(): AsyncGenerator<Batch> {
    for (let start = 0; start < rows; start += AT_ONCE) {
      const { data, shape } = truth.sample(Math.min(AT_ONCE, rows - start), { seed: start / AT_ONCE });
      yield { rows: shape[0], values: data };
      await setImmediate();
    }
  },
};

const { criteria, iterations, diagnostics } = await fitMixture(source, {
  ...{ components: COMPONENTS, backend: 'wasm', seeding: 'random', precision: 'float32', memory: LITTLE },
  ...{ tolerance: 0, maxIterations: 2 },
});
const { seconds, notes } = diagnostics;
process.stdout.write(JSON.stringify({ rows, seconds, iterations, objective: criteria.logLikelihood / rows, notes }));
