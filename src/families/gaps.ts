import { noBase, type ExponentialFamily } from './exponential-family.js';

/**
 * A distribution of columns that may be missing at random: where a value is missing, its whole block says nothing. With m
 * = 0 there and else 1, log p = ⟨η, m T⟩ − m A: −A is the coefficient of another statistic, m. Of levels nothing changes,
 * since a row without one has the statistic 0, and A is 0.
 */
export function withGaps(family: ExponentialFamily): ExponentialFamily {
  const { domain, width, levels } = family;
  const gap = Number.isNaN;
  const shared = {
    ...family,
    domain: { ...domain, holds: (value: number) => gap(value) || domain.holds(value) },
    logBase: family.logBase === noBase ? noBase : (x: Float64Array) => (x.some(gap) ? 0 : family.logBase(x)),
    gaps: true,
  } as const;
  if (levels !== undefined) {
    return {
      ...shared,
      level: (x) => (typeof x === 'number' && gap(x) ? -1 : (family.level?.(x) ?? -1)),
      statistic(x, into) {
        if (x.some(gap)) into.fill(0);
        else family.statistic(x, into);
      },
    };
  }
  const { plain: _, ...rest } = shared;
  return {
    ...rest,
    width: width + 1,
    statistic(x, into) {
      if (x.some(gap)) into.fill(0);
      else {
        family.statistic(x, into.subarray(0, width));
        into[width] = 1;
      }
    },
    natural(theta, into) {
      into[width] = -family.natural(theta, into.subarray(0, width));
      return 0;
    },
    fit: (mean) => family.fit(Float64Array.from(mean.subarray(0, width), (sum) => sum / mean[width])),
    expectation: (theta) => Float64Array.of(...family.expectation(theta), 1),
    variance: (theta) => Float64Array.of(...family.variance(theta), 0),
    summary:
      family.summary ??
      (width === 1
        ? (theta) => ({ mean: family.expectation(theta)[0], variance: family.variance(theta)[0] })
        : undefined),
  };
}

/** Of each dense statistic the index of the m that it is missing by, −1 of an m itself; undefined where nothing is missing. */
export function masksOf(blocks: readonly ExponentialFamily[]): readonly number[] | undefined {
  if (!blocks.some(({ gaps }) => gaps)) return undefined;
  let next = 0;
  return blocks.flatMap(({ width, levels }) => {
    if (levels !== undefined) return [];
    const mask = (next += width) - 1;
    return Array.from({ length: width }, (_, j) => (j === width - 1 ? -1 : mask));
  });
}
