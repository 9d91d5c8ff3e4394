/** Options of a fit that are one of a few words: what each means, and lists of them, the default first. */
import type { RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Marginal } from '../transport/marginal.js';

/**
 * How a fit goes about finding a good optimum from each of its starts.
 * - `plain`: EM from the start to the end.
 * - `anneal`: a few iterations at each temperature of a schedule that falls to ε = 1, then EM to the end.
 * - `warm-up`: a few iterations with all proportions held equal (Sinkhorn-EM), but for that of noise at .05, then EM with
 *   free ones to the end.
 * - `short-runs`: a few iterations from each of several seedings, then EM to the end from the best of them (em-EM,
 *   Biernacki, Celeux & Govaert 2003).
 * - `race`: a few iterations from each of many seedings, some of them hierarchical, more from the best of them, then
 *   EM from the best; of many rows all but that on a sample.
 * - `split-merge`: EM, then moves that split a component and merge two others, for as long as the outcome is better (Ueda,
 *   Nakano, Ghahramani & Hinton 2000); of many rows all but the last leg on a sample.
 */
export type Strategy = 'plain' | 'anneal' | 'warm-up' | 'short-runs' | 'race' | 'split-merge';

export const strategies = [
  'plain',
  'anneal',
  'warm-up',
  'short-runs',
  'race',
  'split-merge',
] as const satisfies readonly Strategy[];

/**
 * Whether parameters are extrapolated along the way of EM; F never rises by it.
 * - `none`: plain EM, whose iterations are those of textbooks.
 * - `squarem`: two steps of EM, then one extrapolation (Varadhan & Roland 2008): fewer sweeps where EM is slow.
 * - `auto`: `squarem` where many models are compared, in `selectMixture`, and where a strategy searches, `race` or `split-merge`; else `none`.
 */
export type Acceleration = 'auto' | 'none' | 'squarem';

export const accelerations = ['auto', 'none', 'squarem'] as const satisfies readonly Acceleration[];

/**
 * When parameters are estimated.
 * - `em`: once all rows have been swept.
 * - `incremental`: after each block of rows, of what all blocks were when they were last swept (Neal & Hinton 1998): fewer
 *   reads of the data where blocks are alike. Needs free proportions, and rows in blocks of 1024 or more.
 */
export type Algorithm = 'em' | 'incremental';

export const algorithms = ['em', 'incremental'] as const satisfies readonly Algorithm[];

/**
 * In which precision rows are swept.
 * - `auto`: in float32 as far as that tells, and from there on in float64.
 * - `float32`: in float32 alone; where that can't tell, the status is `precision`.
 * - `float64`: in float64 from the first sweep on.
 */
export type PrecisionChoice = 'auto' | 'float32' | 'float64';

export const precisions = ['auto', 'float32', 'float64'] as const satisfies readonly PrecisionChoice[];

export const marginals = ['free', 'fixed', 'relaxed'] as const satisfies readonly Marginal['kind'][];
export const missingPolicies = ['error', 'drop', 'model'] as const satisfies readonly MissingPolicy[];
export const rowFormats = ['float32', 'float16'] as const satisfies readonly RowFormat[];
