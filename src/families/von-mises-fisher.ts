import { finite, nestedNumbers, notNegative, wrongNumber, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { Column } from '../sweep/encode.js';
import type { Components, Parameters } from './components.js';
import { nested } from './dense.js';
import { asLinear, packDifferences, packed, packProducts } from './direction-terms.js';
import { concentration, logDirectionNormalizer, meanLength } from './directions.js';
import { noBase, type ExponentialFamily } from './exponential-family.js';
import type { Family } from './family.js';
import { linearFamily } from './linear-family.js';
import {
  isViolation,
  textAmong,
  type CleanColumns,
  type CodedColumns,
  type RowCoding,
  type Violation,
} from './row-coding.js';
import { directionSampler } from './sampling/von-mises-fisher.js';

/** Lengths of means from here on count as this: concentrations stay finite, at some 5e9 d. */
const LONGEST = 1 - 1e-10;
/** Rows that are divided together. */
const ROWS_AT_ONCE = 64;
/** Lengths of rows that float32 has made of 1. */
const ROUNDED = 1e-5;

/**
 * Directions in d columns, unit vectors: log p(x | μ, κ) = log C_d(κ) + κ ⟨μ, x⟩ with respect to the surface measure.
 * T = x, η = κ μ, A = −log C_d(κ). Throws `RangeError` for d < 2.
 */
export function vonMisesFisherDistribution(d: number): ExponentialFamily {
  if (!(d >= 2)) throw new RangeError(`vonMisesFisher: expected 2 columns or more, got ${d}`);
  const lengthOf = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return {
    name: 'vonMisesFisher',
    columns: d,
    domain: finite,
    support: { sphere: Array.from({ length: d }, (_, j) => j) },
    parameters: { means: d, concentrations: 1 },
    free: d,
    width: d,
    statistic(x, into) {
      const length = lengthOf(x);
      into.set(x.map((value) => value / length));
    },
    logBase: noBase,
    natural(theta, into) {
      const kappa = theta[d];
      into.set(theta.subarray(0, d).map((value) => kappa * value));
      return -logDirectionNormalizer(d, kappa);
    },
    fit(mean) {
      const length = lengthOf(mean);
      const theta = new Float64Array(d + 1);
      theta.set(length > 0 ? mean.map((value) => value / length) : Float64Array.of(1));
      theta[d] = concentration(d, Math.min(length, LONGEST));
      return theta;
    },
    expectation(theta) {
      const length = meanLength(d, theta[d]);
      return theta.slice(0, d).map((value) => length * value);
    },
    // E x xᵀ = μ μᵀ + (A/κ) (I − d μ μᵀ) less the mean's; as κ tends to 0, of A/κ = 1/d.
    variance(theta) {
      const kappa = theta[d];
      const length = meanLength(d, kappa);
      const across = kappa > 0 ? length / kappa : 1 / d;
      return theta.slice(0, d).map((value) => across + value * value * (1 - d * across - length * length));
    },
  };
}

const lengthRule: Rule = {
  expected: 'directions: rows of a length > 0',
  holds: (value) => value > 0 && value < Infinity,
  remedy: 'leave the row out',
};

/** Rows divided by their lengths. */
const coding: RowCoding = {
  swept: (columns) => columns.map((name, column) => ({ name, column })),
  code: (given) => textAmong(given) ?? directionsOf(given),
};

/** The same where whole rows may lack a direction, coded as statistics then. */
function codingWithGaps(statistics: RowCoding): RowCoding {
  return {
    swept: (columns) => statistics.swept(columns),
    code(given) {
      const directions = textAmong(given) ?? directionsOf(given, true);
      if (isViolation(directions)) return directions;
      const coded = statistics.code({ ...given, columns: directions.columns });
      return isViolation(coded) ? coded : { ...directions, ...coded };
    },
  };
}

/** Rows of a length over 0 divided by it; `gaps`: whether those that lack values, of no length, stay as they are. */
function directionsOf({ rows, columns }: CleanColumns, gaps = false): CodedColumns | Violation {
  const d = columns.length;
  const lengths = new Float64Array(rows);
  // Row-major as most rows come, a few at a time, so that a row's numbers are still in a cache when they are divided.
  const directions = new Float64Array(rows * d);
  let scaled = false;
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows, from + ROWS_AT_ONCE);
    for (const { values, start, stride } of columns) {
      for (let row = from, at = start + from * stride; row < to; row++, at += stride) lengths[row] += values[at] ** 2;
    }
    for (let row = from; row < to; row++) {
      lengths[row] = Math.sqrt(lengths[row]);
      if (gaps && Number.isNaN(lengths[row])) lengths[row] = 1;
      if (!lengthRule.holds(lengths[row])) return { row, column: 0, rule: lengthRule };
      scaled ||= Math.abs(lengths[row] - 1) > ROUNDED;
    }
    for (const [j, { values, start, stride }] of columns.entries()) {
      for (let row = from, at = start + from * stride; row < to; row++, at += stride) {
        directions[row * d + j] = values[at] / lengths[row];
      }
    }
  }
  const views = columns.map((_, start): Column => ({ values: directions, start, stride: d }));
  return { columns: views, ...(scaled && { note: 'rows were divided by their lengths' }) };
}

/** What the family has of its own, whether rows may lack a direction or not. */
const named: Pick<Family, 'toParameters' | 'fromParameters'> = {
  toParameters: (components) => ({
    means: nested(components.arrays.means.values, components.d),
    concentrations: Array.from(components.arrays.concentrations.values),
  }),
  fromParameters,
};

/**
 * The family whose rows are directions in d ≥ 2 columns: log p(x | μ, κ) = log C_d(κ) + κ ⟨μ, x⟩, with respect to the
 * surface of the unit sphere. Rows of other lengths are divided by them, which is noted. On unit vectors κ(⟨μ, x⟩ − 1) is
 * −κ/2 ‖x − μ‖²: a spherical quadratic term, whose differences keep their digits where κ is large. In many columns it is
 * the linear term ⟨κ μ, x⟩ instead, unless κ is large. Where rows may lack a direction, all columns of it, the family is a
 * linear term of any columns, in which such rows say nothing.
 */
export function vonMisesFisher(): Family {
  const linear = linearFamily({
    name: 'vonMisesFisher',
    words: ['von Mises–Fisher components', 'von Mises–Fisher component'],
    blocks: (d) => [vonMisesFisherDistribution(d)],
    rules: { means: finite, concentrations: notNegative },
    draws: (theta) => directionSampler(theta.subarray(0, -1), theta[theta.length - 1]),
  });
  const differences = byDifferences(linear);
  return {
    ...differences,
    pack: (components) => packProducts(components, linear) ?? differences.pack(components),
    beside: () => differences,
  };
}

/** The family by differences alone, whose models are all of one shape. Moments may be of products, too. */
function byDifferences(linear: Family): Family {
  const { conjugates } = linear;
  return {
    ...linear,
    ...named,
    withGaps() {
      const gapped = linear.withGaps?.() ?? linear;
      return { ...gapped, ...named, coding: codingWithGaps(gapped.coding ?? coding) };
    },
    commonScale: true,
    encoding: 'directions',
    encode: ({ length }) => ({ shift: new Float64Array(length), scale: new Float64Array(length).fill(1) }),
    coding,
    toShard: (components) => components,
    around: (means, { length: d }) => {
      const k = means.length / d;
      return packed(k, d, Float32Array.from(means), new Float32Array(k).fill(1), new Float64Array(k));
    },
    // Of products the same columns are the linear term's.
    shape: (k, d) => ({ k, quadratic: [{ form: 'spherical', d }] }),
    pack: (components) => packDifferences(components, (values) => new Float32Array(values)),
    packExactly: (components) => packDifferences(components, (values) => values),
    estimate: (moments, packed, options) => linear.estimate(...asLinear(moments, packed), options),
    conjugates: conjugates && {
      ...conjugates,
      of: (moments, packed, settings) => conjugates.of(...asLinear(moments, packed), settings),
    },
  };
}

/** Means are divided by their lengths. */
function fromParameters({ means, concentrations }: Parameters, where: string): Components {
  const { values, shape } = nestedNumbers(means, `${where}: means`);
  const kappas = nestedNumbers(concentrations, `${where}: concentrations`, notNegative);
  const [k, d] = shape;
  if (shape.length !== 2 || kappas.shape.join() !== String(k)) {
    throw new InputError('shape', {
      where,
      expected: 'means [k][d] and concentrations [k]',
      got: `[${shape.join('][')}] and [${kappas.shape.join('][')}]`,
      remedy: 'give each component a mean direction and a concentration',
    });
  }
  for (let c = 0; c < k; c++) {
    const own = values.subarray(c * d, (c + 1) * d);
    const length = Math.hypot(...own);
    if (!lengthRule.holds(length)) throw wrongNumber(`${where}: means`, lengthRule, length, `is the length of [${c}]`);
    for (let j = 0; j < d; j++) own[j] /= length;
  }
  return {
    k,
    d,
    arrays: { means: { shape: [k, d], values }, concentrations: { shape: [k, 1], values: kappas.values } },
  };
}
