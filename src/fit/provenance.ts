import { isList } from '../base/check.js';
import type { Criteria } from '../mixture/criteria.js';
import type { Source } from '../data/source.js';
import type { FitStatus } from '../em/em.js';
import type { Repair } from '../families/family.js';
import type { Provenance } from '../mixture/model-json.js';
import type { FitSettings } from './options.js';
import { defaultRegularization } from './regularization.js';
import { version } from '../base/version.js';

/** What a fit says of itself, of which its mixture keeps what does not depend on the machine. */
interface Outcome {
  readonly status: FitStatus;
  readonly iterations: number;
  readonly objective: readonly number[];
  readonly marginalError: number;
  readonly ridged: boolean;
  readonly criteria: Criteria;
  readonly diagnostics: {
    readonly backend: string;
    readonly precision: string;
    readonly rows: number;
    readonly dropped: number;
    readonly constantColumns: readonly string[];
    readonly repairs: readonly (Repair & { readonly times: number })[];
    readonly notes: readonly string[];
  };
}

/**
 * How a mixture came about, for its model file: the same fit gives the same bytes, on any number of threads and at any
 * time. `own` are the notes of the machine, which are left out.
 */
export function provenanceOf(
  fit: Outcome,
  { name }: Source,
  settings: FitSettings,
  own: readonly string[] = [],
): Provenance {
  const { status, iterations, objective, marginalError, ridged, criteria, diagnostics } = fit;
  const { backend, precision, rows, dropped, constantColumns, repairs, notes } = diagnostics;
  return {
    otmix: version,
    source: name,
    ...{ rows, dropped, constantColumns },
    options: optionsOf(settings),
    ...{ backend, precision, status, iterations, objective: objective.at(-1) ?? null, marginalError, ridged, criteria },
    repairs: repairs.map(({ message, times }) => (times > 1 ? `${message} (${times} times)` : message)),
    notes: notes.filter((note) => !own.includes(note)),
  };
}

/** The options that decide a fit, by their names, defaults filled in; those that are data are said to be `given`. */
export function optionsOf({ sampleWeights, seeding, ...settings }: FitSettings): Readonly<Record<string, unknown>> {
  const { components, family, noise, marginal, epsilon, strategy, acceleration, precision, algorithm } = settings;
  const { rows, restarts, seed, tolerance, maxIterations, regularization, prior, missing } = settings;
  return {
    components,
    ...family.options,
    ...(noise !== false && { noise }),
    ...{ marginal, epsilon, seeding: typeof seeding === 'string' ? seeding : 'given', strategy },
    ...(acceleration === 'squarem' && { acceleration }),
    ...(precision !== 'auto' && { precision }),
    ...(rows !== 'float32' && { rows }),
    ...(algorithm !== 'em' && { algorithm }),
    ...{ restarts, seed, tolerance, maxIterations, missing },
    regularization: regularization ?? defaultRegularization,
    ...(prior !== 'none' && { prior: plainPrior(prior) }),
    ...(sampleWeights && { sampleWeights: 'given' }),
  };
}

/** A prior whose numbers are in arrays, as JSON has them. */
function plainPrior(prior: FitSettings['prior']): unknown {
  if (typeof prior !== 'object') return prior;
  return Object.fromEntries(Object.entries(prior).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  return isList(value) ? Array.from(value, plain) : value;
}
