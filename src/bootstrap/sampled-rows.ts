import { FastRandom } from '../base/fast-random.js';
import { rowSource } from '../data/arrays.js';
import type { Batch, Source } from '../data/source.js';
import type { Mixture } from '../mixture/mixture.js';

/** The stream that seeds of samples are of. */
const SEEDS = 2 ** 17;

/** A source of n rows drawn from a mixture; levels that are text are so in it. */
export function sampledSource(mixture: Mixture, n: number, seed: number): Source {
  const { d, columns } = mixture;
  const { data } = mixture.sample(n, { seed });
  const texts = mixture.levels.map((levels) => levels?.filter((level) => typeof level === 'string'));
  const levels = texts.map((own) => (own && own.length > 0 ? own : undefined));
  const named = levels.some((own) => own !== undefined) ? { levels } : {};
  return { ...rowSource(n, columns, (from, to) => data.subarray(from * d, to * d), named), name: 'a sample' };
}

/** The same rows, which lack what those of another source lack: of values missing at random as many, in the same places. */
export function withGapsOf(sample: Source, other: Source): Source {
  const d = sample.columns.length;
  return {
    ...sample,
    async *batches(signal) {
      let lacking: Batch | undefined;
      let at = 0;
      const others = other.batches(signal)[Symbol.asyncIterator]();
      for await (const batch of sample.batches(signal)) {
        const values = Float64Array.from(batch.values);
        for (let row = 0; row < batch.rows; row++, at++) {
          if (lacking === undefined || at === lacking.rows) {
            const next = await others.next();
            if (next.done) break;
            [lacking, at] = [next.value, 0];
          }
          for (let j = 0; j < d; j++) if (Number.isNaN(lacking.values[at * d + j])) values[row * d + j] = NaN;
        }
        yield { ...batch, values };
      }
    },
  };
}

/** Seeds of samples: the next seed has others. */
export function replicateSeeds(seed: number, replicates: number): number[] {
  const uniforms = new Float64Array(replicates);
  new FastRandom(seed, SEEDS).uniforms(uniforms);
  return Array.from(uniforms, (uniform) => Math.floor(uniform * 2 ** 31));
}
