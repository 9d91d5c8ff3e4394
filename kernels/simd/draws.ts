/** Rows drawn by threads while the caller's own thread waits for them: who draws which rows, and where they lie. */
import type { Gaussians } from '../random/gaussians.js';
import type { Place } from '../random/numbers.js';
import type { Drawing } from './sampling-kernel.js';

/** What a thread is to help with. Rows are drawn by parts, each by whoever comes to it first. */
export interface DrawTask {
  readonly gaussians: Gaussians;
  readonly place: Place;
  readonly labels: Int32Array;
  /** Shared: `[NEXT]` the part that nobody has begun, `[READY]` how many were handed over, then a state for each slot. */
  readonly control: Int32Array;
  /** Shared: room for a part in each slot. */
  readonly slots: Float64Array;
  /** The slots that are the thread's own. */
  readonly own: { readonly from: number; readonly to: number };
}

export const NEXT = 0;
export const READY = 1;
/** The state of the first slot: 0 where it is free, else one more than the number of the part that it holds. */
export const STATES = 2;
/** Blocks of a part: enough that handing it over is nothing beside drawing it. */
const TOGETHER = 4;

/** Rows of a part at the most. */
export function rowsOfPart({ most }: Drawing): number {
  return TOGETHER * most;
}

/** The next part that nobody has begun, for the caller to draw. */
export function claim(control: Int32Array): number {
  return Atomics.add(control, NEXT, 1);
}

/** Draws a part of n rows, block by block. */
export function drawPart(drawing: Drawing, part: number, n: number, into: Float64Array): void {
  const rows = rowsOfPart(drawing);
  const end = Math.min(n, (part + 1) * rows);
  for (let from = part * rows, at = 0; from < end; from += drawing.most) {
    const block = drawing.rows(from, Math.min(from + drawing.most, end));
    into.set(block, at);
    at += block.length;
  }
}

/** What a thread does: draws parts into its slots, one after the other, until none is left. Waits for slots to be emptied. */
export function help(drawing: Drawing, { gaussians, labels, control, slots, own }: DrawTask): void {
  const n = labels.length;
  const room = rowsOfPart(drawing) * gaussians.d;
  const parts = Math.ceil(n / rowsOfPart(drawing));
  for (let slot = own.from; ; slot = slot + 1 < own.to ? slot + 1 : own.from) {
    const part = claim(control);
    if (part >= parts) return;
    waitUntilEmpty(control, STATES + slot);
    drawPart(drawing, part, n, slots.subarray(slot * room, (slot + 1) * room));
    Atomics.store(control, STATES + slot, part + 1);
    Atomics.add(control, READY, 1);
    Atomics.notify(control, READY);
  }
}

function waitUntilEmpty(control: Int32Array, at: number): void {
  for (let held = Atomics.load(control, at); held !== 0; held = Atomics.load(control, at)) {
    Atomics.wait(control, at, held);
  }
}
