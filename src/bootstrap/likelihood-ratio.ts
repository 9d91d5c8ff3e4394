import { Stopwatch } from '../base/stopwatch.js';
import type { DataInput } from '../data/dataset.js';
import { InputError } from '../base/errors.js';
import { fitLoaded, type Fit } from '../fit/fit.js';
import { Loader } from '../fit/loader.js';
import { requireConjugate } from '../fit/prior.js';
import type { Source } from '../data/source.js';
import { fineTolerance, wantedOf } from './options.js';
import { pairSettings, told, withTolerance, type BootstrapTestOptions, type PairSettings } from './test-options.js';
import { replicateSeeds, sampledSource, withGapsOf } from './sampled-rows.js';
import { replicated, type Replicate, type Replicates } from './replicates.js';

/** The result of `bootstrapTest`. */
export interface BootstrapTest extends Pick<Replicates<number>, 'failures' | 'status'> {
  /** Components under the null hypothesis; the alternative has one more. */
  readonly k: number;
  /** 2 (ℓ_{k+1} − ℓ_k) of the rows, nats. */
  readonly statistic: number;
  /**
   * (1 + B₊) / (1 + B): B replicates, of which B₊ have a statistic as large as that of the rows, or larger (Davison & Hinkley
   * 1997, Bootstrap methods and their application, eq. 4.11).
   */
  readonly pValue: number;
  /** Of the replicates, in their order. */
  readonly statistics: readonly number[];
  /** How many replicates were asked for. */
  readonly asked: number;
  /** The fits to the rows, of k components and of k + 1. */
  readonly fits: readonly [Fit, Fit];
}

/**
 * Tests k components against k + 1 by the parametric bootstrap of the likelihood ratio, whose distribution no table has:
 * samples of as many rows are drawn from the fit of k, and both are fitted to each as they were to the rows (McLachlan 1987,
 * J. R. Stat. Soc. C 36). Where values are missing, samples lack them in the same places.
 *
 * The same seed gives the same bits on any number of threads. Throws `InputError` for data and options that can't be
 * fitted, for rows with weights, and where a component collapses, whose likelihood says nothing.
 */
export async function bootstrapTest(data: DataInput, options: BootstrapTestOptions): Promise<BootstrapTest> {
  const wanted = wantedOf(options, 99);
  const settings = pairSettings(options);
  requireConjugate(settings[0].prior, [settings[0].family]);
  const { fits, statistic, source, fine } = await observedPair(data, settings, options);
  const seeds = replicateSeeds(settings[0].seed, wanted.replicates);
  const { found: statistics, ...outcome } = await replicated(
    wanted,
    (replicate) => ratioOf(sampleLike(fits[0], source, seeds[replicate]), fine),
    {
      ...options,
      least: 1,
      where: 'bootstrapTest',
      remedy: "give a prior such as 'default', or test fewer components",
    },
  );
  const above = statistics.filter((one) => one >= statistic).length;
  const pValue = (1 + above) / (1 + statistics.length);
  return { k: options.components, statistic, pValue, statistics, asked: wanted.replicates, fits, ...outcome };
}

/** What the rows themselves say. */
interface Observed {
  readonly fits: readonly [Fit, Fit];
  readonly statistic: number;
  /** The rows, where samples are to lack what they lack. */
  readonly source: Source | undefined;
  /** Settings of fits to samples, by the number of rows. */
  readonly fine: PairSettings;
}

async function observedPair(data: DataInput, settings: PairSettings, options: BootstrapTestOptions): Promise<Observed> {
  const [{ components: k, signal, missing }] = settings;
  const loader = new Loader(data, { encodings: 1, counts: [k, k + 1] });
  try {
    const { dataset, source } = await loader.load(settings[0], new Stopwatch());
    if (dataset.effectiveRows !== dataset.shard.n) throw weighted();
    const fine = withTolerance(settings, options.tolerance ?? fineTolerance(dataset.shard.n));
    const { onProgress } = options;
    const fits = await fitted(loader, onProgress ? told(fine, onProgress) : fine);
    signal?.throwIfAborted(); // no test without both fits
    const collapsed = fits.findIndex((fit) => fit.collapsed.length > 0);
    if (collapsed >= 0) throw collapse(fits[collapsed]);
    return { fits, statistic: statisticOf(fits), source: missing === 'model' ? source : undefined, fine };
  } finally {
    await loader.close();
  }
}

async function fitted(loader: Loader, [one, other]: PairSettings): Promise<readonly [Fit, Fit]> {
  return [await fitLoaded(loader, one), await fitLoaded(loader, other)];
}

/** The statistic of a sample, or why there is none. */
async function ratioOf(rows: Source, settings: PairSettings): Promise<Replicate<number>> {
  const [{ components: k }] = settings;
  const loader = new Loader(rows, { encodings: 1, counts: [k, k + 1] });
  try {
    const fits = await fitted(loader, settings);
    const collapsed = fits.find((fit) => fit.collapsed.length > 0);
    if (!collapsed) return { found: statisticOf(fits) };
    return { reason: `a component of ${collapsed.mixture.k} collapsed on a few rows` };
  } finally {
    await loader.close();
  }
}

function statisticOf([one, other]: readonly [Fit, Fit]): number {
  return 2 * (other.criteria.logLikelihood - one.criteria.logLikelihood);
}

/** As many rows as were fitted, drawn from their fit. */
function sampleLike({ mixture, diagnostics }: Fit, lacking: Source | undefined, seed: number): Source {
  if (!lacking) return sampledSource(mixture, diagnostics.rows, seed);
  return withGapsOf(sampledSource(mixture, diagnostics.rows + diagnostics.dropped, seed), lacking);
}

function weighted(): InputError {
  return new InputError('unsupported', {
    where: 'bootstrapTest',
    expected: 'rows that weigh 1 each, as those of samples do',
    got: 'other sample weights',
    remedy: 'leave them out, or give a row of weight 2 twice',
  });
}

function collapse({ mixture: { k }, collapsed }: Fit): InputError {
  return new InputError('value', {
    where: 'bootstrapTest',
    expected: `${k} components that hold rows, so that their likelihood says something`,
    got: `component ${collapsed[0]} collapsed on a few`,
    remedy: "fit with a prior such as 'default' (otmix fit … --prior default), or give more restarts (--restarts 20)",
  });
}
