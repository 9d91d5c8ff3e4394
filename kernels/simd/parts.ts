/** Work in parts that threads take in turn; each part's result lies in a place of its own. */
export interface Parted {
  /** Number of parts. */
  readonly parts: number;
}

/** Work that threads share. */
export interface Controlled {
  /** `[0]`: the next part to take; `[1]`: not 0 once the work is not wanted any more. */
  readonly control: Int32Array;
}

export type Shared = Parted & Controlled;

/** The next part that nobody has taken, which may be beyond the last. */
export function take({ control }: Controlled): number {
  return Atomics.add(control, 0, 1);
}

/** The same; undefined where none is left. */
export function nextPart(work: Shared): number | undefined {
  const part = take(work);
  return part < work.parts ? part : undefined;
}

export function unwanted({ control }: Controlled): boolean {
  return Atomics.load(control, 1) !== 0;
}
