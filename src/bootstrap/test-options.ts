import { invalid } from '../base/check.js';
import { fitSettings, type FitOptions, type FitSettings } from '../fit/options.js';
import { temperatures } from '../transport/temperature.js';
import { requireNone, type BootstrapProgress } from './options.js';

/** Options of fits that a test has no use for. */
type Decided = 'marginal' | 'sampleWeights' | 'checkpoint' | 'resume' | 'cluster' | 'onProgress';

/** Options of `bootstrapTest`: those of the fits, all of which are made alike. */
export interface BootstrapTestOptions extends Omit<FitOptions, Decided> {
  /** k, the number of components under the null hypothesis. */
  readonly components: number;
  /** Samples; default 99, of which the least p value is .01. */
  readonly replicates?: number;
  /** Starts of every fit; default 5. */
  readonly restarts?: number;
  /** Default a thousandth of a nat over all rows, at most 1e-5 a row. */
  readonly tolerance?: number;
  /** Default 1000. */
  readonly maxIterations?: number;
  /** Called as replicates end. */
  readonly onProgress?: (progress: BootstrapProgress) => void;
}

const decided: readonly string[] = [
  'marginal',
  'sampleWeights',
  'checkpoint',
  'resume',
  'cluster',
] satisfies readonly Decided[];

/** Of k components and of one more. */
export type PairSettings = readonly [FitSettings, FitSettings];

/** The settings of the two fits; throws `InputError('option')` where there is nothing to test. */
export function pairSettings(options: BootstrapTestOptions): PairSettings {
  requireNone(
    options,
    decided,
    'leave it out: a test is of free proportions and of rows that are here, without weights',
  );
  const { replicates: _, onProgress: __, ...given } = options;
  const own = fitSettings({ acceleration: 'squarem', maxIterations: 1000, restarts: 5, ...given });
  if (typeof own.seeding !== 'string') {
    throw invalid('seeding', 'the name of a method, as samples have no start', own.seeding, 'leave it out');
  }
  const last = temperatures(own.epsilon).at(-1);
  if (last !== 1) throw invalid('epsilon', '1, where likelihoods are', own.epsilon, 'leave it out');
  return [own, { ...own, components: own.components + 1 }];
}

/** The same fits to so small a gain. */
export function withTolerance([one, other]: PairSettings, tolerance: number): PairSettings {
  return [
    { ...one, tolerance },
    { ...other, tolerance },
  ];
}

/** The same fits, which tell how far they are. */
export function told([one, other]: PairSettings, onProgress: NonNullable<FitOptions['onProgress']>): PairSettings {
  return [
    { ...one, onProgress },
    { ...other, onProgress },
  ];
}
