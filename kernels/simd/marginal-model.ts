/**
 * How a model and the sums of a sweep lie in memory for assembly/marginal-*.ts: in float64, columns of a quadratic term
 * filled up with zeros to whole blocks of four, and components to pairs.
 */
import { isMatrix, type CovarianceForm } from '../form.js';
import { linearWidth, type LinearShape } from '../linear-shape.js';

/** A quadratic term; arrays in memory that all threads see. */
export interface MarginalTerm {
  readonly form: CovarianceForm;
  readonly d: number;
  /** `[k, width]`. */
  readonly means: Float64Array;
  /** Of matrices packed factors, one after the other; else a number for each column, `[k, width]`. */
  readonly factors: Float64Array;
  /** Of a Student-t term. */
  readonly radial?: MarginalRadial | undefined;
  /**
   * Where the last component has the same density everywhere, its factors being 0: what a row has not of it that lacks a
   * column, `[d]`, nats.
   */
  readonly flat?: Float64Array | undefined;
}

/** A Student-t term by the number e of columns that are there; arrays in memory that all threads see. */
export interface MarginalRadial {
  /** ν, `[k]`; infinite is Gaussian. */
  readonly degrees: Float64Array;
  /** What constants of log-densities exceed those of all columns by, but for what scales have to do with it, `[d + 1, k]`. */
  readonly constants: Float64Array;
  /** What is summed more than −log(1 + q/ν) − u, `[d + 1, k]`. */
  readonly remainders: Float64Array;
}

/** logit_ik = offset_k − rate Σ ‖z_ik‖² + 2 rate ⟨t_i, η_k⟩, of Student-t terms (ν + e) log(1 + ‖z_ik‖²/ν) for ‖z_ik‖²; of each term by the marginal of the columns that are there. */
export interface MarginalModel {
  readonly k: number;
  /** `[k]`, filled up. */
  readonly offsets: Float64Array;
  readonly rate: number;
  readonly hard: boolean;
  /** A share under this counts as nothing. */
  readonly least: number;
  readonly coupling: boolean;
  readonly terms: readonly MarginalTerm[];
  /** η as `[statistics, k]`, filled up. */
  readonly linear?: (LinearShape & { readonly natural: Float64Array }) | undefined;
}

/** Rows in the order of their patterns, in memory that all threads see. */
export interface PatternRows {
  /** Numbers of a row: the columns of each quadratic term, NaN where they are missing, and statistics after them. */
  readonly columns: number;
  /** Row-major `[n, columns]`. */
  readonly values: Float64Array;
  /** `[n]`. */
  readonly weights: Float64Array;
  /** First rows of the patterns, ascending from 0. */
  readonly patterns: Int32Array;
  /** How many numbers a row lacks at the most. */
  readonly lacking: number;
}

/** Numbers of whitened differences of rows that are worked on together: they stay in the second-level cache. */
const TOGETHER = 2 ** 15;
const MOST_ROWS = 64;

/** How many rows are worked on together: a multiple of four. */
export function rowsTogether({ k, terms }: Pick<SumsShape, 'k' | 'terms'>): number {
  const numbers = terms.reduce((sum, { d }) => sum + k * widthOf(d), lineOf(k));
  return Math.max(4, Math.min(MOST_ROWS, Math.floor(TOGETHER / numbers) & ~3));
}

/** k filled up to pairs: numbers of a line. */
export function lineOf(k: number): number {
  return (k + 1) & ~1;
}

/** d filled up to whole blocks. */
export function widthOf(d: number): number {
  return (d + 3) & ~3;
}

/** Numbers of a triangular factor, or of a symmetric matrix, as blocks of four columns or of 4 × 4. */
export function packedLength(d: number): number {
  const blocks = widthOf(d) / 4;
  return 8 * blocks * (blocks + 1);
}

/** Packs an upper triangular factor W `[d, d]`: of four columns after one another the rows down to the diagonal. */
export function packExactFactor(w: ArrayLike<number>, d: number, into: Float64Array): void {
  for (let block = 0, at = 0; block < widthOf(d); block += 4) {
    for (let i = 0; i < block + 4; i++) {
      for (let j = block; j < block + 4; j++) into[at++] = i <= j && j < d ? w[i * d + j] : 0;
    }
  }
}

/** Adds blocks of the lower triangle, as they are summed, to a symmetric matrix `[d, d]`. */
export function addExactScatter(packed: Float64Array, d: number, into: Float64Array): void {
  for (let i = 0, at = 0; i < widthOf(d); i += 4) {
    for (let j = 0; j <= i; j += 4, at += 16) {
      for (let r = i; r < Math.min(i + 4, d); r++) {
        for (let c = j; c < Math.min(j + 4, r + 1); c++) {
          const value = packed[at + (r - i) * 4 + (c - j)];
          into[r * d + c] += value;
          if (c < r) into[c * d + r] += value;
        }
      }
    }
  }
}

/** Where a term's sums begin among all. */
export interface TermSums {
  readonly first: number;
  readonly second: number;
  /** From one component's second moments to the next; 0 where all share them. */
  readonly secondStep: number;
  /** Of terms without matrices, mass by component of rows that lack a column, `[k, width]`. */
  readonly missing: number;
  /** Of Student-t terms, Σ P u and Σ P (log u − u), `[2, k]`, filled up. */
  readonly radial: number;
}

/** Where each kind of sum begins, in numbers; the objective's is the first. */
export interface MarginalSums {
  readonly mass: number;
  readonly coupling: number;
  readonly terms: readonly TermSums[];
  readonly linear: number;
  readonly count: number;
}

export function marginalSums({ k, coupling, terms, linear }: SumsShape): MarginalSums {
  const line = lineOf(k);
  let next = 2;
  const take = (count: number): number => (next += count) - count;
  const [mass, couplings] = [take(line), take(coupling ? k * line : 0)];
  const places = terms.map(({ form, d, radial }) => {
    const [matrix, size] = [isMatrix(form), k * widthOf(d)];
    const secondStep = form === 'tied' ? 0 : packedLength(d);
    const first = take(size);
    const second = take(matrix ? (form === 'tied' ? 1 : k) * packedLength(d) : size);
    return { first, second, secondStep, missing: take(matrix ? 0 : size), radial: take(radial ? 2 * line : 0) };
  });
  const sums = take(linear ? linearWidth(linear) * line : 0);
  return { mass, coupling: couplings, terms: places, linear: sums, count: next };
}

/** What decides where sums lie. */
export interface SumsShape {
  readonly k: number;
  readonly coupling: boolean;
  readonly terms: readonly { readonly form: CovarianceForm; readonly d: number; readonly radial?: unknown }[];
  readonly linear?: LinearShape | undefined;
}
