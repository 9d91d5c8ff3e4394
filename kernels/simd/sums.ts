import { nextPart, unwanted, type Shared } from './parts.js';

/** Sums of the parts of some work, in memory that all threads see. */
export interface SumsOfParts {
  /** `[parts, sums]`. */
  readonly results: Float64Array;
  readonly parts: number;
}

/** Adds all parts to the first of them; each part of this task is a slice of what is to be added. */
export interface AddTask extends Shared {
  readonly kind: 'add';
  readonly sums: readonly SumsOfParts[];
}

/** Sums that are added at a time: few enough to stay in the first-level cache while part after part passes by. */
const SLICE = 2048;

/** The number of slices. */
export function slicesOf(sums: readonly SumsOfParts[]): number {
  return sums.reduce((all, one) => all + slices(one), 0);
}

/** Adds slices that nobody has taken; yields after each. */
export function* addSlices(task: AddTask): Generator<void> {
  for (let slice = nextPart(task); slice !== undefined; slice = nextPart(task)) {
    if (unwanted(task)) return;
    let first = 0;
    for (const one of task.sums) {
      if (slice >= first && slice < first + slices(one)) addSlice(one, slice - first);
      first += slices(one);
    }
    yield;
  }
}

/** The same, here and at once. */
export function addParts(sums: SumsOfParts): void {
  for (let slice = 0; slice < slices(sums); slice++) addSlice(sums, slice);
}

function slices({ results, parts }: SumsOfParts): number {
  return Math.ceil(results.length / parts / SLICE);
}

/** In the order of the parts: the sum is the same whoever computed them and whoever adds. */
function addSlice({ results, parts }: SumsOfParts, slice: number): void {
  const count = results.length / parts;
  const from = slice * SLICE;
  const to = Math.min(from + SLICE, count);
  for (let part = 1; part < parts; part++) addTo(results, from, to, part * count);
}

/** A function of its own, called often enough to be compiled early: one loop over all parts stays interpreted for long. */
function addTo(results: Float64Array, from: number, to: number, step: number): void {
  for (let i = from; i < to; i++) results[i] += results[step + i];
}
