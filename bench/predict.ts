import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gaussian } from '../src/families/gaussian.js';
import { fitMixture } from '../src/fit/fit.js';
import type { Mixture } from '../src/mixture/mixture.js';
import { median } from './iterations.js';
import { rowsOf, type LoadSize } from './load-phases.js';
import { execute } from './peers/execute.js';
import { writeNpy } from './peers/npy.js';
import { folder, peerEnvironment, pythonWith } from './peers/python.js';
import { digits, table } from './table.js';

const methods = ['predict', 'scoreSamples', 'predictProba'] as const;
type Seconds = Readonly<Record<(typeof methods)[number], number>>;

/** What scikit-learn takes of the same rows under the same mixture; `missing` says why it was not measured. */
type Peer =
  { readonly version: string; readonly seconds: Seconds; readonly score: number } | { readonly missing: string };

export interface PredictResult {
  readonly size: LoadSize;
  /** Medians of a process that has predicted before. */
  readonly warm: Seconds;
  /** Mean log-likelihood, nats. */
  readonly score: number;
  readonly peer: Peer;
}

/** `npm run bench -- predict`: what a mixture says of rows of float32 in memory, before and after scikit-learn does. */
export async function benchPredict(n: number, runs: number, say: (text: string) => void): Promise<PredictResult> {
  const size: LoadSize = { n, d: 16, k: 16 };
  const data = rowsOf(size);
  const rows = { data, shape: [n, size.d] as const };
  const family = gaussian({ covariance: 'full' });
  const { mixture } = await fitMixture(rows, { family, components: size.k, maxIterations: 3, tolerance: 0 });
  const seconds = { predict: [] as number[], scoreSamples: [] as number[], predictProba: [] as number[] };
  const own = async (): Promise<void> => {
    for (const method of methods) {
      await mixture[method](rows); // warms up
      for (let run = 0; run < runs; run++) {
        const began = performance.now();
        await mixture[method](rows);
        seconds[method].push((performance.now() - began) / 1000);
      }
    }
  };
  await own();
  say('measured otmix, once of two times');
  const peer = await scikitLearn(mixture, data, size, runs);
  say('measured scikit-learn');
  await own();
  const [predict, scoreSamples, predictProba] = methods.map((method) => median(seconds[method]));
  return { size, warm: { predict, scoreSamples, predictProba }, score: await mixture.score(rows), peer };
}

async function scikitLearn(mixture: Mixture, data: Float32Array, { n, d }: LoadSize, runs: number): Promise<Peer> {
  const python = await pythonWith(['sklearn']);
  if (!folder || !python) return { missing: 'scikit-learn is not installed: sh bench/peers/setup.sh' };
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-predict-'));
  try {
    const path = join(temporary, 'data.npy');
    await writeNpy(path, data, [n, d]);
    const { weights, means, covariances } = mixture;
    const job = JSON.stringify({ data: path, weights, means, covariances, runs });
    const script = join(folder, 'sklearn_predict.py');
    const { status, output, complaints } = await execute(python, [script], job, peerEnvironment());
    if (status !== 0) throw new Error(`bench: expected scikit-learn to predict, got\n${complaints}`);
    return JSON.parse(output) as Peer;
  } finally {
    await rm(temporary, { recursive: true });
  }
}

export function predictTable({ size: { n, d, k }, warm, score, peer }: PredictResult): string {
  const theirs = 'missing' in peer ? undefined : peer.seconds;
  const rows = methods.map((method) => {
    const [own, other] = [warm[method], theirs?.[method] ?? NaN];
    return [method, digits(1000 * own), digits(1000 * other), digits(other / own)];
  });
  const note =
    'missing' in peer ? peer.missing : `scikit-learn ${peer.version}, float64; mean log-likelihoods differ by `;
  const gap = 'missing' in peer ? '' : `${digits(Math.abs(score - peer.score), 2)} nats`;
  return [
    `full, ${n.toLocaleString('en')} × ${d} of float32 in memory, k = ${k}\n`,
    table(['method', 'otmix, ms', 'scikit-learn, ms', 'ratio'], rows),
    `\n${note}${gap}`,
  ].join('\n');
}
