/** What a mixture that learns from a stream can't do. */
import { invalid } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { Mixture } from '../mixture/mixture.js';

/** How fast it is to learn; one of the two. */
interface Rates {
  readonly learningRate?: number | undefined;
  readonly forgetting?: number | undefined;
}

/** Throws `InputError('option')` for rates at which nothing could be learnt. */
export function requireLearning({ learningRate, forgetting }: Rates): void {
  if (learningRate !== undefined && !(learningRate > 0.5 && learningRate <= 1)) {
    throw invalid('learningRate', 'a number above 0.5 and up to 1', learningRate, 'leave it out for 0.7');
  }
  if (forgetting !== undefined && !(forgetting > 0 && forgetting <= 1)) {
    throw invalid('forgetting', 'a number above 0 and up to 1', forgetting, 'use 0.01 to remember some 100 batches');
  }
  if (learningRate !== undefined && forgetting !== undefined) {
    throw invalid('forgetting', 'no learningRate with it', learningRate, 'leave one of them out');
  }
}

/** Throws `InputError('unsupported')` for a mixture whose M-step needs more than sums that later batches add to. */
export function requireSummable({ family, columns }: Pick<Mixture, 'family' | 'columns'>): void {
  if (family.noise) {
    throw new InputError('unsupported', {
      where: 'onlineMixture',
      expected: 'a mixture without noise, whose density a stream would move',
      got: family.describe(1),
      remedy: 'begin with one fitted without noise, or with family studentT() for outliers',
    });
  }
  const { survey } = family;
  if (!columns.some((_, column) => survey?.question(column)?.again !== undefined)) return;
  throw new InputError('unsupported', {
    where: 'onlineMixture',
    expected: 'a family whose M-step needs sums that later batches add to',
    got: `${family.name}, whose sizes are estimated from all counts at once`,
    remedy: 'give a size, as in negativeBinomial({ size: 2 }), or negative-binomial(2) on the command line',
  });
}
