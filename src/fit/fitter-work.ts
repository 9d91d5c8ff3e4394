/** Which models of a selection other threads may fit, and what those are told. */
import { families } from '../families/families.js';
import type { Family } from '../families/family.js';
import { isShortSweep } from '../sweep/simd/shard.js';
import type { FitterWork } from './fitter.js';
import type { Loader } from './loader.js';
import { accelerated, type Asked, type Candidate, type Model } from './models.js';

/** Bytes of rows that each thread may have of its own. */
const FEW_BYTES = 2 ** 23;

/** A selection that is under way. */
interface Selecting {
  readonly models: readonly Model[];
  readonly asked: Asked;
  /** A model that has been fitted. */
  readonly example: Candidate;
  /** How many groups of models have been taken: shared. */
  readonly taken: Int32Array;
  readonly threads: number;
}

/**
 * The work of threads that fit models beside the caller's own, each all of a model. Undefined where that would not pay, as
 * sweeps keep all threads busy by themselves, and where it can't be: models of the caller's own, rows elsewhere, checkpoints.
 */
export async function fitterWork(
  loader: Loader,
  { models, asked, example, taken, threads }: Selecting,
): Promise<FitterWork | undefined> {
  const options = plainOptions(asked);
  if (!options || example.fit.diagnostics.backend !== 'wasm') return undefined;
  if (!models.every(({ family }) => isOwn(family)) || !isShort(example, models, threads)) return undefined;
  const rows = await loader.rowsWithin(FEW_BYTES);
  if (!rows) return undefined;
  const kinds = [...new Set(models.map(({ family }) => family))];
  return {
    rows,
    families: kinds.map(({ name, options }) => ({ name, options })),
    models: models.map(({ k, family }) => ({ k, family: kinds.indexOf(family) })),
    growth: asked.growth,
    options,
    taken,
    telling: asked.onProgress !== undefined,
  };
}

/** Options as plain values; undefined where they are of a place, or no plain values. */
function plainOptions(asked: Asked): FitterWork['options'] | undefined {
  const { growth: _growth, onProgress: _onProgress, signal: _signal, ...own } = asked;
  const { sampleWeights: _weights, backend: _backend, threads: _threads, ...rest } = own; // they are in the rows, or here
  const { checkpoint, resume, cluster, memory, spill, seeding } = rest;
  if ([checkpoint, resume, cluster, memory, spill].some((one) => (one ?? undefined) !== undefined)) return undefined;
  if (typeof (seeding ?? '') !== 'string') return undefined; // of one number of components alone
  try {
    return structuredClone(accelerated(rest));
  } catch {
    return undefined;
  }
}

/** Whether sweeps are so short that all threads together have little of one. */
function isShort({ fit: { mixture, diagnostics } }: Candidate, models: readonly Model[], threads: number): boolean {
  const most = Math.max(...models.map(({ k }) => k));
  return isShortSweep(diagnostics.rows, mixture.parts.family.shape(most, mixture.d), threads);
}

/** Whether a family is one of this package as it makes them, so that another thread has the same. */
export function isOwn(family: Family): boolean {
  const { name, options } = family;
  if (!Object.hasOwn(families, name)) return false;
  const [one, other] = [families[name](options), family].map((made) => new Map<string, unknown>(Object.entries(made)));
  return [...one.keys(), ...other.keys()].every((key) => textOf(one.get(key)) === textOf(other.get(key)));
}

/** What tells methods apart; of anything else, what kind it is. */
function textOf(value: unknown): string {
  return typeof value === 'function' ? Function.prototype.toString.call(value) : typeof value;
}
