/** Noise as the last component of a packed model, and moments without it. */
import {
  linearWidth,
  type Floats,
  type LinearShape,
  type LinearTerm,
  type PackedModel,
  type PackedShape,
  type QuadraticShape,
  type QuadraticTerm,
} from '../sweep/model.js';
import type { Moments, QuadraticMoments } from '../sweep/moments.js';

/** Half a unit in the last place of 1, in float32. */
const ROUNDING = 2 ** -24;

/** Noise in the coordinates of a shard. */
export interface PackedNoise {
  /** What is constant over rows. */
  readonly logDensity: number;
  /** What of it each column of the quadratic terms has. */
  readonly flat: Float64Array;
  /** How the statistic that noise alone has is held, where there is one: log p has it once. */
  readonly statistic?: { readonly shift: number; readonly scale: number } | undefined;
  /** How large the dense statistics are, about, as they are held, `[dense]`. */
  readonly sizes: ArrayLike<number>;
}

/** The shape of a model with noise. Whitening is of every component by itself. */
export function noisyShape({ k, quadratic, linear }: PackedShape, hasStatistic: boolean): PackedShape {
  const own = hasStatistic ? withStatistic(linear) : linear;
  return { k: k + 1, quadratic: quadratic.map(apart), ...(own && { linear: own }) };
}

function apart<Shape extends QuadraticShape>(shape: Shape): Shape {
  return shape.form === 'tied' ? { ...shape, form: 'full' } : shape;
}

function withStatistic({ dense, levels }: LinearShape = { dense: 0, levels: [] }): LinearShape {
  return { dense: dense + 1, levels };
}

/** A model with noise as its last component. Its whitening is 0, so that all rows are at no distance from it. */
export function withNoiseComponent<Values extends Floats>(
  model: PackedModel<Values>,
  noise: PackedNoise,
): Omit<PackedModel<Values>, 'clusters'> {
  const { k, quadratic, linear } = model;
  const { statistic } = noise;
  let first = 0;
  const terms = quadratic.map((term) => {
    first += term.d;
    return withFlatComponent(term, k, noise.flat.subarray(first - term.d, first));
  });
  const shift = statistic?.shift ?? 0;
  return {
    k: k + 1,
    logNormalizers: Float64Array.of(...model.logNormalizers, noise.logDensity + shift),
    quadratic: terms,
    ...((linear ?? statistic) && { linear: linearWithNoise(model, noise) }),
  };
}

function withFlatComponent<Values extends Floats>(
  term: QuadraticTerm<Values>,
  k: number,
  flat: Float64Array,
): QuadraticTerm<Values> {
  const { d, form, means, whitening, degrees } = term;
  const centre = Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let c = 0; c < k; c++) sum += means[c * d + j] / k;
    return sum;
  });
  const factors = form === 'tied' ? new Array<Values>(k).fill(whitening) : [whitening];
  const size = factors.length * whitening.length;
  return {
    ...apart(term),
    means: concatenated(means, [means, centre]),
    whitening: concatenated(whitening, [...factors, new Float64Array(size / k)]),
    ...(degrees && { degrees: Float64Array.of(...degrees, 1) }), // of no distance any will do
    flat,
  };
}

/** What noise has of statistics: nothing, but for its own. */
function linearWithNoise<Values extends Floats>(
  { k, linear, quadratic }: PackedModel<Values>,
  { statistic, sizes }: PackedNoise,
): LinearTerm<Values> {
  const { held: _, ...term } = linear ?? { dense: 0, levels: [], natural: emptyLike(quadratic[0].means, 0) };
  const { common, rounding } = term;
  const { natural, ...shape } = statistic ? widened(term, k) : term;
  const width = linearWidth(shape);
  const own = emptyLike(natural, (k + 1) * width);
  own.set(natural);
  if (common) for (let j = 0; j < common.length; j++) own[k * width + j] = -common[j];
  if (statistic) own[k * width + shape.dense - 1] = statistic.scale;
  const errors = Array.from(common ?? [], (value, j) => sizes[j] * value);
  const rounded = ROUNDING * Math.hypot(...errors, 2 * (statistic?.scale ?? 0));
  const inFloat32 = own instanceof Float32Array;
  return {
    ...shape,
    natural: own,
    ...(common && { common: statistic ? Float64Array.of(...common, 0) : common }),
    ...(inFloat32 && { rounding: Float64Array.of(...(rounding ?? new Float64Array(k)), rounded) }),
  };
}

/** The same model of rows that have one more statistic, which none of its components makes anything of. */
export function withoutStatistic<Values extends Floats>(model: PackedModel<Values>): PackedModel<Values> {
  const { k, linear, quadratic } = model;
  const term = linear ?? { dense: 0, levels: [], natural: emptyLike(quadratic[0].means, 0) };
  const { common, held: _, ...rest } = { ...term, ...widened(term, k) };
  return { ...model, linear: { ...rest, ...(common && { common: Float64Array.of(...common, 0) }) } };
}

/** η with a column of zeros after those of the dense statistics. */
function widened<Values extends Floats>(
  { dense, levels, natural }: LinearTerm<Values>,
  k: number,
): LinearShape & { readonly natural: Values } {
  const shape = withStatistic({ dense, levels });
  const width = linearWidth(shape);
  const wider = emptyLike(natural, k * width);
  for (let c = 0; c < k; c++) {
    const row = natural.subarray(c * (width - 1), (c + 1) * (width - 1));
    wider.set(row.subarray(0, dense), c * width);
    wider.set(row.subarray(dense), c * width + dense + 1);
  }
  return { ...shape, natural: wider };
}

/** The moments of the first components, as a sweep of their model without the others and without their statistic has them. */
export function clusterMoments(moments: Moments, { k, quadratic, linear }: PackedModel<Floats>): Moments {
  const { mass, linear: sums, coupling: _, ...rest } = moments;
  const own = mass.slice(0, k);
  const held = own.reduce((sum, value) => sum + value, 0);
  return {
    ...rest,
    // A covariance that all share is of their rows alone. Of none there is nothing to divide.
    weight: own.length === mass.length || held === 0 ? moments.weight : held,
    mass: own,
    quadratic: moments.quadratic.map((one, q) => quadraticPart(one, quadratic[q], k, mass.length)),
    ...(linear && sums && { linear: linearPart(sums, linear, k, mass.length) }),
  };
}

function quadraticPart(
  { frame, first, second, radial }: QuadraticMoments,
  { form }: QuadraticShape,
  k: number,
  parts: number,
): QuadraticMoments {
  const leading = (values: Float64Array): Float64Array => values.slice(0, (values.length / parts) * k);
  return {
    frame,
    first: leading(first),
    second: form === 'tied' ? summedPart(second, k, first.length / parts) : leading(second),
    ...(radial && { radial: { weight: leading(radial.weight), logarithm: leading(radial.logarithm) } }),
  };
}

/** Σ_k of matrices `[d, d]`, or the one that is there. */
function summedPart(second: Float64Array, k: number, d: number): Float64Array {
  if (second.length === d * d) return second;
  const sum = new Float64Array(d * d);
  for (let at = 0; at < k * d * d; at++) sum[at % (d * d)] += second[at];
  return sum;
}

/** Of a row's sums those that the shape has, whatever dense ones come after its own. */
function linearPart(sums: Float64Array, shape: LinearShape, k: number, parts: number): Float64Array {
  const [width, own] = [sums.length / parts, linearWidth(shape)];
  const part = new Float64Array(k * own);
  for (let c = 0; c < k; c++) {
    const row = sums.subarray(c * width, (c + 1) * width);
    part.set(row.subarray(0, shape.dense), c * own);
    part.set(row.subarray(width - (own - shape.dense)), c * own + shape.dense);
  }
  return part;
}

function concatenated<Values extends Floats>(like: Values, parts: readonly ArrayLike<number>[]): Values {
  const all = emptyLike(
    like,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

function emptyLike<Values extends Floats>(values: Values, length: number): Values {
  return (values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as Values;
}
