/**
 * `npm run study:mclust-starts -- iris wdbc`: EM from where mclust starts, its hierarchical clusters, on the twelve data
 * sets that come with it, or on some of them. Ends of fits that begin in float32, and of those in float64 from the first
 * sweep on, beside mclust's own. Needs R with the package mclust. Nothing of its data is kept here: its licence is the GPL.
 */
import { writeFile } from 'node:fs/promises';
import type { CovarianceForm } from '../../kernels/form.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit/fit.js';
import type { FitOptions } from '../../src/fit/options.js';
import { noMclust, rowsOf, toldByMclust, type MclustData } from '../peers/mclust.js';
import { table } from '../table.js';

/** A data set, and how mclust's EM ends from each of some starts. */
interface StartSet extends MclustData {
  readonly starts: readonly {
    /** Of each row its cluster, from 0. */
    readonly labels: readonly number[];
    readonly fits: readonly { readonly form: CovarianceForm; readonly logLikelihood: number }[];
  }[];
}

/** Ends of EM from one start: log-likelihoods, summed over rows, nats. */
export interface Ends {
  readonly name: string;
  readonly form: CovarianceForm;
  readonly k: number;
  readonly mclust: number;
  readonly float64: number;
  /** By the default precision, whose first sweeps are in float32. */
  readonly auto: number;
  readonly status: string;
  /** Whether a component has collapsed: where on the way to a likelihood without bound a fit ends says nothing. */
  readonly collapsed: boolean;
}

/** Nats by which an end is lower than another. */
const NEAR = 1e-6;

async function endsOf(set: StartSet): Promise<Ends[]> {
  const { name, starts } = set;
  const rows = rowsOf(set);
  const found: Ends[] = [];
  for (const { labels, fits } of starts) {
    const k = Math.max(...labels) + 1;
    for (const { form, logLikelihood } of fits) {
      const options: FitOptions = {
        ...{ components: k, family: gaussian({ covariance: form }), seeding: { labels } },
        ...{ backend: 'wasm', threads: 1, tolerance: 0, maxIterations: 20000, regularization: 0 },
      };
      const float64 = await fitMixture(rows, { ...options, precision: 'float64' });
      const auto = await fitMixture(rows, options);
      found.push({
        ...{ name, form, k, mclust: logLikelihood, status: auto.status },
        float64: float64.criteria.logLikelihood,
        auto: auto.criteria.logLikelihood,
        collapsed: auto.collapsed.length + float64.collapsed.length > 0,
      });
    }
  }
  return found;
}

/** Every start with how far its ends lie from those of float64, and how many are lower. */
export function endsTable(all: readonly Ends[]): string {
  const rows = all.map(({ name, form, k, mclust, float64, auto, status, collapsed }) => [
    `${name} ${form} ${k}`,
    float64.toFixed(7) + (collapsed ? ' collapsed' : ''),
    (auto - float64).toExponential(1),
    (auto - mclust).toExponential(1),
    status,
  ]);
  const sound = all.filter(({ collapsed }) => !collapsed);
  const lower = (than: 'float64' | 'mclust'): number => sound.filter((one) => one[than] - one.auto > NEAR).length;
  const counts = `of ${sound.length} that have not collapsed, lower than float64 by more than ${NEAR} nats: ${lower('float64')}, than mclust: ${lower('mclust')}`;
  return `${table(['data, form, k', 'float64', 'auto − float64', 'auto − mclust', 'status'], rows)}\n${counts}`;
}

if (process.argv[1]?.endsWith('mclust-starts.js')) {
  const names = process.argv.slice(2);
  const sets = await toldByMclust<StartSet[]>('mclust-starts.R', names);
  if (!sets) process.stderr.write(noMclust);
  else {
    const all: Ends[] = [];
    for (const set of sets) all.push(...(await endsOf(set)));
    process.stdout.write(`${endsTable(all)}\n`);
    if (names.length === 0) {
      await writeFile(
        'bench/results/mclust-starts.json',
        `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`,
      );
    }
  }
}
