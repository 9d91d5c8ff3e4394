import { bestOf } from './best.js';
import { criteriaOfSums, sumsOver } from '../mixture/criteria.js';
import { Checkpoint, type Keeping } from './checkpoint.js';
import { optionsOfFit } from './checkpoint-identity.js';
import type { DataInput, Dataset } from '../data/dataset.js';
import type { EmRun } from '../em/em.js';
import { endOf, type SavedEnd } from '../em/saved.js';
import { InputError } from '../base/errors.js';
import { countRepairs, findingsOf } from './findings.js';
import { Loader, mayBeFiled, type LoadedData } from './loader.js';
import { logVolumeOf } from '../families/family.js';
import type { MixtureParts } from '../mixture/evaluate.js';
import { Mixture } from '../mixture/mixture.js';
import { TransportPlan } from '../mixture/plan.js';
import { fitSettings, type FitOptions, type FitSettings } from './options.js';
import { requireConjugate } from './prior.js';
import { provenanceOf } from './provenance.js';
import { runRestarts } from './restarts.js';
import type { Fit, RestartOutcome } from './result.js';
import { Stopwatch } from '../base/stopwatch.js';
import { usefulThreads } from '../sweep/simd/builder.js';

export type { RepairReport } from './findings.js';
export type { Fit, FitDiagnostics, RestartOutcome } from './result.js';

/**
 * Fits a mixture by entropic optimal transport: minimises F = ⟨P, C⟩ + ε KL(P | a⊗w) over plans P, mixture weights w
 * and components θ. At ε = 1 with a free marginal this is maximum likelihood by EM (Vayer & Lasalle 2025).
 *
 * Throws `InputError` for data and options that cannot be fitted.
 */
export async function fitMixture(data: DataInput, options: FitOptions): Promise<Fit> {
  const settings = fitSettings(options);
  requireConjugate(settings.prior, [settings.family]);
  const checkpoint = await Checkpoint.open(settings, () => optionsOfFit(settings));
  const loader = new Loader(data, undefined, checkpoint?.data);
  try {
    return await fitLoaded(loader, settings, { keeping: checkpoint?.keeping(0) });
  } finally {
    await loader.close();
  }
}

/** What a fit has besides data and settings. */
export interface Beside {
  readonly keeping?: Keeping | undefined;
  /** Of a fit of one component less, from which one more run begins. */
  readonly smaller?: MixtureParts | undefined;
  /** The runs, where they were made elsewhere: the fit only says what came of them. */
  readonly ended?: EndedRuns | undefined;
}

/** Runs of a fit that was made elsewhere, and how long that took by phase. */
export interface EndedRuns {
  readonly runs: readonly SavedEnd[];
  readonly seconds: Readonly<Record<string, number>>;
}

/** The same of data that a loader has or gets, which stay loaded. */
export async function fitLoaded(loader: Loader, asked: FitSettings, beside: Beside = {}): Promise<Fit> {
  const { making, runs } = await runLoaded(loader, asked, beside);
  const fit = await report(making, runs);
  const { source, settings, device } = making;
  const provenance = provenanceOf(fit, source, settings, device.notes);
  return { ...fit, mixture: fit.mixture.withProvenance(provenance) };
}

/** Its runs alone. */
export async function runLoaded(
  loader: Loader,
  asked: FitSettings,
  { keeping, smaller, ended }: Beside,
): Promise<{ readonly making: Making; readonly runs: readonly EmRun[] }> {
  const watch = new Stopwatch();
  const loaded = await loader.load(asked, watch);
  const settings = { ...asked, family: loaded.family };
  const making = { ...loaded, settings, watch };
  requireRows(loaded.dataset, settings.components);
  if (ended) {
    watch.add(ended.seconds);
    return { making, runs: ended.runs.map((run) => endOf(run, settings.family)) };
  }
  const { dataset, common, device } = loaded;
  const keep = await keeping?.begin(device.name, settings.family);
  const shared = { common, keep, device, smaller };
  const runs = await runRestarts(dataset, settings, watch, shared).finally(() => keeping?.write());
  return { making, runs };
}

/** The mixture of the run that wins, in the data's units. */
export function partsOf({ settings: { family }, dataset }: Making, { weights, components }: EmRun): MixtureParts {
  return { family, weights, components: family.toData(components, dataset.scaling) };
}

/** What a fit was made of. */
export interface Making extends LoadedData {
  readonly settings: FitSettings;
  readonly watch: Stopwatch;
}

async function report(making: Making, runs: readonly EmRun[]): Promise<Fit> {
  const { dataset, settings, device, watch } = making;
  const { shard, scaling, columns, dropped, constant, totalWeight } = dataset;
  const run = bestOf(runs);
  const parts = partsOf(making, run);
  const mixture = new Mixture({ ...parts, family: making.plain }, columns);
  settings.onProgress?.({ phase: 'score' });
  // Not stopped by the signal: an aborted fit still says how good what it has is.
  const sums = await watch.time('score', () => sumsOver(parts, dataset, run.precision));
  const criteria = criteriaOfSums(sums, mixture.parameters, totalWeight);
  const volume = logVolumeOf(settings.family, scaling);
  const { collapsed, notes } = findingsOf(run, dataset, settings);
  return {
    mixture,
    status: runs.some(({ status }) => status === 'aborted') || settings.signal?.aborted ? 'aborted' : run.status,
    iterations: run.objective.length,
    sweeps: run.sweeps,
    objective: (run.objective.length > 0 ? run.objective : [run.finalObjective]).map((value) => value + volume),
    marginalError: run.marginalError,
    plan: planOf(making, run),
    ...(settings.prior !== 'none' && { logPrior: -run.penalty * totalWeight }),
    criteria,
    ...judgedOf(run, volume),
    ridged: run.ridged,
    collapsed,
    restarts: runs.map((one) => ({
      status: one.status,
      iterations: one.objective.length,
      objective: one.finalObjective + volume,
      ...judgedOf(one, volume),
      ridged: one.ridged,
    })),
    diagnostics: {
      backend: device.name,
      adapter: device.adapter,
      threads: usefulThreads(device.threads, shard.n),
      notes: [
        ...device.notes,
        ...(making.source.notes ?? []),
        ...dataset.notes,
        ...placeNotes(making),
        ...limitNotes(making),
        ...(run.limit === undefined ? [] : [run.limit]),
        ...notes,
      ],
      precision: PRECISIONS[settings.precision === 'float64' ? 'alone' : run.precision],
      rows: shard.n,
      dropped,
      constantColumns: constant,
      repairs: countRepairs(run.repairs),
      seconds: watch.seconds,
    },
  };
}

function judgedOf({ judged }: EmRun, volume: number): Pick<RestartOutcome, 'judged'> {
  return judged === undefined ? {} : { judged: judged + volume };
}

/** Where rows are swept, if that is elsewhere than the device says. */
function placeNotes({ settings: { family, missing }, device }: Making): string[] {
  if (!family.patterned) return [];
  if (missing !== 'model') return [`${inFloat64({ missing })} are swept on the host, in float64`];
  return device.onHost ? [] : [`${inFloat64({ missing })} are swept on the CPU, in float64`];
}

/** Rows that are swept in float64. */
function inFloat64({ missing }: Pick<FitSettings, 'missing'>): string {
  return missing === 'model' ? 'rows with missing values' : 'Student-t columns beside Gaussian ones';
}

/** A limit of memory that can't be kept. */
function limitNotes({ settings, device }: Making): string[] {
  const { memory, cluster } = settings;
  if (memory === undefined || cluster) return [];
  if (mayBeFiled(device, settings)) return [];
  const places = device.spills ? 'of incremental EM on backend wasm alone' : 'of backends wasm and webgpu';
  return [`memory is a limit ${places}: all rows lie where ${device.name} sweeps them`];
}

/** In words. */
const PRECISIONS = {
  float32: 'float32 sweeps, float64 host',
  float64: 'float32 sweeps, then float64 ones, float64 host',
  alone: 'float64 sweeps, float64 host',
} as const;

function planOf({ source, dataset, settings, device }: Making, run: EmRun): TransportPlan {
  const { scaling, totalWeight } = dataset;
  const { missing, marginal, family } = settings;
  const volume = logVolumeOf(family, scaling);
  const rho = marginal.kind === 'relaxed' ? { rho: marginal.rho } : {};
  return new TransportPlan({
    source,
    device,
    missing,
    scaling,
    totalWeight,
    coding: family.coding,
    gaps: family.patterned,
    ...run.plan,
    objective: run.finalObjective - run.penalty + volume,
    volume,
    ...rho,
  });
}

function requireRows({ shard }: Dataset, k: number): void {
  if (shard.n >= k) return;
  throw new InputError('shape', {
    where: 'components',
    expected: `at most ${shard.n}, the number of rows`,
    got: String(k),
    remedy: 'fit fewer components or give more rows',
  });
}
