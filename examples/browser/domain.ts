import type { Domain } from './plane.js';

/** Share of the values that may lie beyond an axis at either end. */
const TAIL = 0.025;
/** How far beyond the rest, in widths of the rest, a value must lie to be left out. */
const REACH = 2;
/** Share of its width that an axis is longer than the values need, at either end. */
const MARGIN = 0.06;

/**
 * The interval of an axis: all the values (missing ones, NaN, have no say); or, unless `whole`, those not farther from the
 * middle 95 % of them than twice the width of that, so that a few far ones don't shrink the bulk to a point.
 */
export function domainOf(values: ArrayLike<number>, whole = false): Domain {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  if (sorted.length === 0) return [0, 1];
  const last = sorted.length - 1;
  const [low, high] = whole ? [sorted[0], sorted[last]] : bulkOf(sorted);
  const margin = high > low ? MARGIN * (high - low) : 0.1 * Math.abs(low) || 1;
  return [low - margin, high + margin];
}

/** First and last of the sorted values that lie within reach of the middle of them. */
function bulkOf(sorted: Float64Array): Domain {
  const last = sorted.length - 1;
  const [low, high] = [sorted[Math.ceil(TAIL * last)], sorted[Math.floor((1 - TAIL) * last)]];
  const fence = REACH * (high - low);
  if (!(fence > 0)) return [sorted[0], sorted[last]];
  const within = sorted.filter((value) => value >= low - fence && value <= high + fence);
  return [within[0], within[within.length - 1]];
}
