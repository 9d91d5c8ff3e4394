import { isMatrix } from '../form.js';
import { linearWidth } from '../linear-shape.js';
import type { Arena } from './arena.js';
import {
  lineOf,
  marginalSums,
  packedLength,
  rowsTogether,
  widthOf,
  type MarginalModel,
  type MarginalSums,
  type MarginalTerm,
} from './marginal-model.js';

/** A quadratic term and its places, in bytes. */
export interface PlacedTerm {
  readonly term: MarginalTerm;
  readonly matrix: boolean;
  readonly width: number;
  /** Its first column in a row. */
  readonly first: number;
  /** How many factors there are, and bytes from one to the next: 0 where all components share one. */
  readonly factorCount: number;
  readonly factorStep: number;
  /** μ, 0 where the pattern at hand lacks a column, `[k, width]`. */
  readonly means: number;
  readonly factors: number;
  /** 1 where the pattern lacks a column, `[width]`. */
  readonly gaps: number;
  /** Y, `[factorCount, missing, width]`. */
  readonly completion: number;
  /** Of a Student-t term: what the pattern at hand makes of it, `[3, k]`, and of rows, `[rows, k]` (assembly/marginal-radial.ts). */
  readonly parameters: number;
  readonly weighting: number;
  readonly remainders: number;
  /** Rows, 0 where they lack a column, `[rows, width]`, and whitened, `[k, rows, width]`. */
  readonly present: number;
  readonly whitened: number;
}

/** Where everything lies, in bytes. */
export interface MarginalPlaces {
  readonly rows: number;
  readonly terms: readonly PlacedTerm[];
  readonly x: number;
  readonly v: number;
  readonly offsets: number;
  readonly logits: number;
  readonly plan: number;
  readonly masses: number;
  readonly scratch: number;
  readonly listed: number;
  readonly weighted: number;
  readonly missing: number;
  readonly logarithms: number;
  readonly labels: number;
  readonly logSum: number;
  readonly logLargest: number;
  readonly natural: number;
  readonly sums: number;
  readonly layout: MarginalSums;
}

/** Lays memory out for a model of rows of so many numbers, of which a pattern lacks `lacking` at the most. */
export function placeMarginals(
  arena: Arena,
  model: MarginalModel,
  { columns, lacking }: { readonly columns: number; readonly lacking: number },
): MarginalPlaces {
  const { k, terms, linear } = model;
  const [rows, line, layout] = [rowsTogether(model), lineOf(k), marginalSums(model)];
  const widest = terms.reduce((most, { d }) => Math.max(most, widthOf(d)), 0);
  const take = (count: number): number => arena.take(2 * count);
  arena.begin();
  let next = 0;
  const places = {
    ...{ rows, layout, x: take(rows * columns), v: take(rows), offsets: take(line) },
    ...{ logits: take(rows * line), plan: take(rows * line), masses: take(line), scratch: take(4 * widest) },
    ...{ listed: take((rows + widest) * widest), weighted: take((rows + widest) * widest) },
    ...{ missing: take(widest), logarithms: take(k) },
    ...{ labels: take(rows), logSum: take(rows), logLargest: take(rows) },
    natural: take(linear ? linearWidth(linear) * line : 0),
    terms: terms.map((term) => {
      const first = next;
      next += term.d;
      return placeTerm(term, first, { k, rows, lacking }, take);
    }),
    sums: take(layout.count),
  };
  arena.reserve();
  return places;
}

function placeTerm(
  term: MarginalTerm,
  first: number,
  { k, rows, lacking }: { readonly k: number; readonly rows: number; readonly lacking: number },
  take: (count: number) => number,
): PlacedTerm {
  const { form, d, radial } = term;
  const line = radial ? lineOf(k) : 0;
  const [matrix, width, tied] = [isMatrix(form), widthOf(d), form === 'tied'];
  const factorCount = tied ? 1 : k;
  return {
    ...{ term, matrix, width, first, factorCount, factorStep: tied ? 0 : packedLength(d) * 8 },
    ...{ means: take(k * width), factors: take(term.factors.length), gaps: take(width) },
    completion: take(matrix ? factorCount * Math.min(d, lacking) * width : 0),
    ...{ parameters: take(3 * line), weighting: take(rows * line), remainders: take(rows * line) },
    ...{ present: take(rows * width), whitened: take(k * rows * width) },
  };
}
