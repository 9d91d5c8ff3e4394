import { Stopwatch } from '../base/stopwatch.js';
import { freeMemory } from '#scratch';
import type { DataInput, Dataset } from '../data/dataset.js';
import { remembered } from '../data/remembered.js';
import { isSource } from '../data/source.js';
import type { EmRun } from '../em/em.js';
import { findingsOf } from '../fit/findings.js';
import { Loader, type LoadedData } from '../fit/loader.js';
import type { FitSettings } from '../fit/options.js';
import { requireConjugate } from '../fit/prior.js';
import { runRestarts } from '../fit/restarts.js';
import { Mixture } from '../mixture/mixture.js';
import { matcher } from './match.js';
import { fineTolerance, refitSettings, wantedOf, type BootstrapOptions } from './options.js';
import { replicated, type Replicate } from './replicates.js';
import { Bootstrap } from './result.js';
import { replicateWeights } from './weights.js';

/** Of the memory that is free, what rows may take that are read but once. */
const SHARE = 0.25;

/**
 * Standard errors and intervals of a mixture's parameters, by the weighted bootstrap. The rows that the mixture was fitted
 * to get random weights, and the fit goes on from the mixture to the optimum of these; replicate by replicate, components
 * matched. Sources: Newton & Raftery 1994, J. R. Stat. Soc. B 56; O'Hagan, Murphy, Scrucca & Gormley 2019, Comput. Stat. 34.
 *
 * First the mixture is fitted on to the rows as they weigh, by `tolerance`: estimates are those of that optimum. The same
 * seed gives the same bits on any number of threads. Throws `InputError` for data and options that can't be fitted, and
 * where fewer than two replicates could be.
 */
export async function bootstrap(data: DataInput, mixture: Mixture, options: BootstrapOptions = {}): Promise<Bootstrap> {
  const wanted = wantedOf(options, 200);
  const settings = refitSettings(mixture, options, options.onProgress);
  requireConjugate(settings.prior, [settings.family]);
  const rows = isSource(data) ? remembered(data, SHARE * freeMemory()) : data;
  const loader = new Loader(rows);
  try {
    const loaded = await loader.load(settings, new Stopwatch());
    const fine = { ...settings, tolerance: options.tolerance ?? fineTolerance(loaded.dataset.totalWeight) };
    const fitting: Refitting = { loader, loaded, settings: fine, mixture };
    const optimum = await optimumOf(fitting);
    const inOrder = matcher(optimum.mixture);
    const { found, ...outcome } = await replicated(
      wanted,
      (replicate) => replicateOf({ ...fitting, ...optimum }, replicate),
      { ...options, least: 2, where: 'bootstrap', remedy: "fit fewer components, or give a prior such as 'default'" },
    );
    return new Bootstrap(optimum.mixture, found.map(inOrder), { ...wanted, ...outcome, gain: optimum.gain });
  } finally {
    await loader.close();
  }
}

/** What all fits of a bootstrap have in common. */
interface Refitting {
  readonly loader: Loader;
  readonly loaded: LoadedData;
  readonly settings: FitSettings;
  /** Where they start. */
  readonly mixture: Mixture;
}

/** The optimum of the rows as they weigh, and by how much it is better than where it started, nats per row. */
async function optimumOf(fitting: Refitting): Promise<{ readonly mixture: Mixture; readonly gain: number }> {
  const { loaded } = fitting;
  const settings = { ...fitting.settings, family: loaded.family };
  const { onProgress: _, ...quiet } = settings;
  const [start] = await runRestarts(loaded.dataset, { ...quiet, maxIterations: 0 }, new Stopwatch());
  const [run] = await runRestarts(loaded.dataset, settings, new Stopwatch());
  settings.signal?.throwIfAborted();
  return { mixture: mixtureOf(run, fitting, loaded.dataset), gain: start.finalObjective - run.finalObjective };
}

/** The mixture of one replicate, or why there is none. */
async function replicateOf(fitting: Refitting, replicate: number): Promise<Replicate<Mixture>> {
  const { loader, loaded, mixture, settings } = fitting;
  const { onProgress: _, ...quiet } = { ...settings, family: loaded.family, seeding: startAt(mixture) };
  const { totalWeight, effectiveRows } = loaded.dataset;
  const weights = replicateWeights(settings.seed, replicate, totalWeight / effectiveRows);
  const dataset = await loader.reweighted(loaded, quiet, weights);
  try {
    const [run] = await runRestarts(dataset, quiet, new Stopwatch());
    const reason = failureOf(run, dataset, quiet);
    return reason === undefined ? { found: mixtureOf(run, fitting, dataset) } : { reason };
  } finally {
    dataset.shard.dispose();
  }
}

function startAt({ weights, components }: Mixture): FitSettings['seeding'] {
  return { weights, components };
}

/** Why components of a replicate are not those of the mixture, if they are not. */
function failureOf(run: EmRun, dataset: Dataset, settings: FitSettings): string | undefined {
  const reseeded = run.repairs.find(({ kind }) => kind === 'reseeded');
  if (reseeded) return reseeded.message;
  if (run.status === 'maxIterations') return `no optimum after ${settings.maxIterations} iterations`;
  const { collapsed } = findingsOf(run, dataset, settings);
  return collapsed.length > 0 ? `component ${collapsed[0]} collapsed on a few rows` : undefined;
}

function mixtureOf(run: EmRun, { loaded, mixture }: Refitting, { scaling, columns }: Dataset): Mixture {
  const { family, plain } = loaded;
  const parts = { family: plain, weights: run.weights, components: family.toData(run.components, scaling) };
  return new Mixture(parts, columns, mixture.provenance);
}
