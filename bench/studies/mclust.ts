/**
 * `npm run study:mclust -- thyroid wdbc`: the optima of mclust on data sets that come with it, or on some of them, beside
 * those of split and merge moves from hierarchical starts, the best of ten. Needs R with the package mclust (r-cran-mclust
 * of Debian). Nothing of its data is kept here: its licence is the GPL.
 */
import type { CovarianceForm } from '../../kernels/form.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit/fit.js';
import { noMclust, rowsOf, toldByMclust, type MclustData } from '../peers/mclust.js';
import { table } from '../table.js';

/** A data set, and how mclust's fits of it end: negative mean log-likelihoods, nats. */
interface PeerSet extends MclustData {
  readonly fits: readonly { readonly form: CovarianceForm; readonly k: number; readonly objective: number }[];
}

/** Both optima of one model. */
export interface Compared {
  readonly name: string;
  readonly form: CovarianceForm;
  readonly k: number;
  readonly theirs: number;
  readonly ours: number;
  /** Whether a component of ours has collapsed: its likelihood says nothing then. */
  readonly collapsed: boolean;
}

/** Nats a row by which an optimum counts as better. */
const NEAR = 1e-6;

async function compared(set: PeerSet): Promise<Compared[]> {
  const { name, fits } = set;
  const rows = rowsOf(set);
  const found: Compared[] = [];
  for (const { form, k, objective } of fits) {
    const fit = await fitMixture(rows, {
      ...{ components: k, family: gaussian({ covariance: form }), backend: 'wasm' },
      ...{ seeding: 'hierarchical', strategy: 'split-merge', restarts: 10 },
      ...{ tolerance: 1e-9, maxIterations: 2000, regularization: 0 },
    });
    const ours = -fit.criteria.meanLogLikelihood;
    found.push({ name, form, k, theirs: objective, ours, collapsed: fit.collapsed.length > 0 });
  }
  return found;
}

/** Every model with both optima, and how many of them each has by itself. */
export function comparedTable(all: readonly Compared[]): string {
  const rows = all.map(({ name, form, k, theirs, ours, collapsed }) => [
    `${name} ${form} ${k}`,
    theirs.toFixed(7),
    ours.toFixed(7) + (collapsed ? ' collapsed' : ''),
    (ours - theirs).toExponential(1),
  ]);
  const ahead = (by: (one: Compared) => number): number => all.filter((one) => by(one) > NEAR).length;
  const counts = `mclust ahead in ${ahead(({ ours, theirs }) => ours - theirs)}, otmix in ${ahead(({ ours, theirs }) => theirs - ours)} of ${all.length}`;
  return `${table(['data, form, k', 'mclust', 'otmix', 'otmix − mclust'], rows)}\n${counts}`;
}

if (process.argv[1]?.endsWith('mclust.js')) {
  const sets = await toldByMclust<PeerSet[]>('mclust.R', process.argv.slice(2));
  if (!sets) {
    process.stderr.write(noMclust);
  } else {
    const all: Compared[] = [];
    for (const set of sets) all.push(...(await compared(set)));
    process.stdout.write(`${comparedTable(all)}\n`);
  }
}
