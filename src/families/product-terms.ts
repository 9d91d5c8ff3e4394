/** The models of several families as one, and its moments as theirs. */
import { isMatrix, type CovarianceForm } from '../../kernels/form.js';
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
import type { Family } from './family.js';
import type { Scaling } from './scaling.js';

/**
 * Whether quadratic terms of several families can't be one. Kernels know but one, so that rows are then swept on the host.
 */
export function termsApart(
  families: readonly { readonly family: Pick<Family, 'apart' | 'shape'>; readonly columns: readonly unknown[] }[],
): boolean {
  if (!families.some(({ family }) => family.apart)) return false;
  return families.filter(({ family, columns }) => family.shape(1, columns.length).quadratic.length > 0).length > 1;
}

/**
 * Kernels know one quadratic term. So those of several are one in all their columns, of the simplest form that holds them,
 * unless they are left apart, as Student-t's are always.
 */
export function joinedShape(k: number, shapes: readonly PackedShape[], apart = false): PackedShape {
  const quadratic = shapes.flatMap((shape) => shape.quadratic);
  const linear = shapes.flatMap((shape) => shape.linear ?? []);
  return {
    k,
    quadratic: staysApart(quadratic, apart) ? quadratic : [{ form: joinedForm(quadratic), d: columnsOf(quadratic) }],
    ...(linear.length > 0 && { linear: joinedLinearShape(linear) }),
  };
}

function staysApart(quadratic: readonly QuadraticShape[], apart: boolean): boolean {
  return apart || quadratic.length < 2 || quadratic.some(({ radial }) => radial !== undefined);
}

function joinedForm(shapes: readonly QuadraticShape[]): CovarianceForm {
  return shapes.some(({ form }) => isMatrix(form)) ? 'full' : 'diag';
}

function columnsOf(shapes: readonly QuadraticShape[]): number {
  return shapes.reduce((sum, { d }) => sum + d, 0);
}

function joinedLinearShape(shapes: readonly LinearShape[]): LinearShape {
  return { dense: shapes.reduce((sum, { dense }) => sum + dense, 0), levels: shapes.flatMap(({ levels }) => levels) };
}

/** One model of several, whose log-densities add; it keeps them. */
export function joined<Values extends Floats>(
  k: number,
  parts: readonly PackedModel<Values>[],
  apart = false,
): PackedModel<Values> {
  const quadratic = parts.flatMap((part) => part.quadratic);
  const linear = parts.flatMap((part) => part.linear ?? []);
  const logNormalizers = new Float64Array(k).map((_, c) =>
    parts.reduce((sum, part) => sum + part.logNormalizers[c], 0),
  );
  return {
    k,
    logNormalizers,
    quadratic: staysApart(quadratic, apart) ? quadratic : [joinedQuadratic(k, quadratic)],
    ...(linear.length > 0 && { linear: joinedLinear(k, linear) }),
    parts,
  };
}

/** Block-diagonal whitening, or a factor for each column. */
function joinedQuadratic<Values extends Floats>(
  k: number,
  terms: readonly QuadraticTerm<Values>[],
): QuadraticTerm<Values> {
  const form = joinedForm(terms);
  const d = columnsOf(terms);
  const size = form === 'full' ? d * d : d;
  const means = emptyLike(terms[0].means, k * d);
  const whitening = emptyLike(terms[0].means, k * size);
  let first = 0;
  for (const term of terms) {
    for (let c = 0; c < k; c++) {
      means.set(term.means.subarray(c * term.d, (c + 1) * term.d), c * d + first);
      for (let i = 0; i < term.d; i++) {
        if (form === 'diag') whitening[c * d + first + i] = factorAt(term, c, i, i);
        else
          for (let j = i; j < term.d; j++) whitening[c * size + (first + i) * d + first + j] = factorAt(term, c, i, j);
      }
    }
    first += term.d;
  }
  return { form, d, means, whitening };
}

/** Entry i, j ≥ i of a component's whitening factor. */
function factorAt({ form, d, whitening }: QuadraticTerm<Floats>, c: number, i: number, j: number): number {
  if (isMatrix(form)) return whitening[(form === 'full' ? c * d * d : 0) + i * d + j];
  if (i !== j) return 0;
  return whitening[form === 'diag' ? c * d + i : c];
}

/** Dense statistics first, level columns after them. */
function joinedLinear<Values extends Floats>(k: number, terms: readonly LinearTerm<Values>[]): LinearTerm<Values> {
  const shape = joinedLinearShape(terms);
  const width = linearWidth(shape);
  const natural = emptyLike(terms[0].natural, k * width);
  let [dense, level] = [0, shape.dense];
  for (const term of terms) {
    const own = linearWidth(term);
    for (let c = 0; c < k; c++) {
      natural.set(term.natural.subarray(c * own, c * own + term.dense), c * width + dense);
      natural.set(term.natural.subarray(c * own + term.dense, (c + 1) * own), c * width + level);
    }
    dense += term.dense;
    level += own - term.dense;
  }
  const common = concatenated(terms.map((term) => term.common ?? new Float64Array(term.dense)));
  const rounding = new Float64Array(k).map((_, c) => Math.hypot(...terms.map((term) => term.rounding?.[c] ?? 0)));
  return { ...shape, natural, ...(terms.some((term) => term.common) && { common, rounding }) };
}

/** The models that were joined. */
export function partsOf({ parts = [] }: PackedModel<Floats>): readonly PackedModel<Floats>[] {
  return parts;
}

/** Moments of each of the models that were joined. */
export function split(moments: Moments, { k, quadratic, linear, parts = [] }: PackedModel<Floats>): Moments[] {
  const terms = parts.flatMap((part) => part.quadratic);
  const apart = quadratic.length === terms.length;
  let next = 0;
  let first = 0;
  let [dense, level] = [0, linear?.dense ?? 0];
  return parts.map((part) => {
    const own = part.quadratic.map((term) => {
      const piece = apart
        ? moments.quadratic[next]
        : splitQuadratic(moments.quadratic[0], quadratic[0], term, k, first);
      next++;
      first += term.d;
      return piece;
    });
    const { coupling: _, linear: sums, ...rest } = moments;
    if (!part.linear || !sums || !linear) return { ...rest, quadratic: own };
    const piece = splitLinear(sums, linearWidth(linear), part.linear, k, { dense, level });
    dense += part.linear.dense;
    level += linearWidth(part.linear) - part.linear.dense;
    return { ...rest, quadratic: own, linear: piece };
  });
}

/** The sums of the columns from `first` on, in the form of a term. */
function splitQuadratic(
  sums: QuadraticMoments,
  whole: QuadraticShape,
  { form, d }: QuadraticShape,
  k: number,
  first: number,
): QuadraticMoments {
  const matrix = isMatrix(form);
  const means = new Float64Array(k * d);
  const second = new Float64Array((form === 'tied' ? 1 : k) * d * (matrix ? d : 1));
  const from = (c: number, i: number, j: number): number =>
    whole.form === 'full'
      ? sums.second[(c * whole.d + first + i) * whole.d + first + j]
      : sums.second[c * whole.d + first + i];
  for (let c = 0; c < k; c++) {
    means.set(sums.first.subarray(c * whole.d + first, c * whole.d + first + d), c * d);
    for (let i = 0; i < d; i++) {
      if (!matrix) second[c * d + i] += from(c, i, i);
      else for (let j = 0; j < d; j++) second[((form === 'full' ? c * d : 0) + i) * d + j] += from(c, i, j);
    }
  }
  return { frame: sums.frame, first: means, second };
}

function splitLinear(
  sums: Float64Array,
  width: number,
  shape: LinearShape,
  k: number,
  { dense, level }: { readonly dense: number; readonly level: number },
): Float64Array {
  const own = linearWidth(shape);
  const piece = new Float64Array(k * own);
  for (let c = 0; c < k; c++) {
    const from = c * width;
    piece.set(sums.subarray(from + dense, from + dense + shape.dense), c * own);
    piece.set(sums.subarray(from + level, from + level + own - shape.dense), c * own + shape.dense);
  }
  return piece;
}

/** Where a shard has the numbers of each of several models: quadratic columns, then dense statistics, then levels. */
export function placesOf(shapes: readonly PackedShape[]): number[][] {
  const kinds = [
    ({ quadratic }: PackedShape) => columnsOf(quadratic),
    ({ linear }: PackedShape) => linear?.dense ?? 0,
    ({ linear }: PackedShape) => linear?.levels.length ?? 0,
  ];
  const places = shapes.map((): number[] => []);
  let next = 0;
  for (const count of kinds) {
    shapes.forEach((shape, part) => {
      for (let j = 0; j < count(shape); j++) places[part].push(next++);
    });
  }
  return places;
}

/** Some entries of a scaling. */
export function scalingAt({ shift, scale }: Scaling, places: readonly number[]): Scaling {
  return { shift: picked(shift, places), scale: picked(scale, places) };
}

/** Some columns of rows `[rows, d]`. */
export function columnsAt(rows: Float64Array, d: number, places: readonly number[]): Float64Array {
  const count = rows.length / d;
  const own = new Float64Array(count * places.length);
  for (let row = 0; row < count; row++) {
    places.forEach((place, j) => (own[row * places.length + j] = rows[row * d + place]));
  }
  return own;
}

function picked(values: Float64Array, places: readonly number[]): Float64Array {
  return Float64Array.from(places, (place) => values[place]);
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

function emptyLike<Values extends Floats>(values: Values, length: number): Values {
  return (values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as Values;
}
