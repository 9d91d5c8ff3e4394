/** Work in parts that threads take in turn. */
export interface Shared {
  /** Number of parts; each part's result lies in a place of its own. */
  readonly parts: number;
  /** `[0]`: the next part to take; `[1]`: not 0 once the work is not wanted any more. */
  readonly control: Int32Array;
}

/** The next part that nobody has taken; undefined where none is left. */
export function nextPart({ parts, control }: Shared): number | undefined {
  const part = Atomics.add(control, 0, 1);
  return part < parts ? part : undefined;
}

export function unwanted({ control }: Shared): boolean {
  return Atomics.load(control, 1) !== 0;
}
