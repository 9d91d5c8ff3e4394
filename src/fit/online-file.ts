/** What a model file keeps of a mixture that learns from a stream, in `provenance.online`. */
import type { StepwiseState } from '../em/stepwise.js';
import type { MissingPolicy } from '../data/blocks.js';
import { missingPolicies } from './choices.js';
import { gapped } from '../families/family.js';
import type { Scaling } from '../families/scaling.js';
import { damagedModel } from '../families/file.js';
import type { Mixture } from '../mixture/mixture.js';
import { emptyMoments, type Moments } from '../sweep/moments.js';

/** How far it has come. */
export interface Progress {
  readonly batches?: number;
  readonly rows?: number;
  readonly learningRate?: number;
  readonly forgetting?: number;
  readonly missing?: MissingPolicy;
  readonly statistics?: StatisticsJson;
}

/** Moments of weight 1 and the coordinates that they are in, one list for each array. */
interface StatisticsJson {
  readonly shift: readonly number[];
  readonly scale: readonly number[];
  readonly sums: readonly (readonly number[])[];
}

/** The progress that a mixture was saved with; throws `InputError('format')` where it is damaged. */
export function progressOf({ provenance }: Mixture, where: string): Progress {
  const online = (provenance?.online ?? {}) as Record<keyof Progress, unknown>;
  const counts = [online.batches ?? 0, online.rows ?? 0];
  const rates = [online.learningRate ?? 1, online.forgetting ?? 1];
  const sound =
    typeof online === 'object' &&
    counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0) &&
    [undefined, ...missingPolicies].includes(online.missing as MissingPolicy | undefined) &&
    rates.every((rate) => typeof rate === 'number' && rate > 0 && rate <= 1);
  if (!sound) throw damagedModel(where, 'provenance.online that is none');
  return online as Progress;
}

export function statisticsJson(moments: Moments, { shift, scale }: Scaling): StatisticsJson {
  return {
    shift: Array.from(shift),
    scale: Array.from(scale),
    sums: sumsOf(moments).map((sums) => Array.from(sums)),
  };
}

/** The statistics of a mixture that was saved; undefined where it had seen no batch. */
export function statisticsOf(
  { statistics, missing }: Progress,
  mixture: Mixture,
  where: string,
): StepwiseState['statistics'] {
  if (statistics === undefined) return undefined;
  const { components, family: plain } = mixture.parts;
  const family = missing === 'model' ? gapped(plain, where) : plain;
  const numbers = (list: unknown, length: number): Float64Array => {
    if (!Array.isArray(list) || list.length !== length || !list.every(Number.isFinite)) {
      throw damagedModel(where, 'provenance.online.statistics of another shape');
    }
    return Float64Array.from(list as number[]);
  };
  const { shift, scale, sums } = statistics as Partial<StatisticsJson>;
  const width = family.coding?.swept(mixture.columns).length ?? mixture.d;
  const scaling = { shift: numbers(shift, width), scale: numbers(scale, width) };
  const moments = emptyMoments(family.packExactly(family.toShard(components, scaling)));
  moments.weight = 1;
  for (const [at, own] of sumsOf(moments).entries()) own.set(numbers(sums?.[at], own.length));
  return { moments, scaling };
}

/** All sums but the objective's, in one order. */
function sumsOf({ mass, quadratic, linear }: Moments): Float64Array[] {
  const terms = quadratic.flatMap(({ first, second, radial }) => [
    first,
    second,
    ...(radial ? [radial.weight, radial.logarithm] : []),
  ]);
  return [mass, ...terms, ...(linear ? [linear] : [])];
}
