/**
 * The shape of a linear term: what statistics t of a row it has. A column of L levels is L of them, a unit vector; a row
 * holds the index of its 1, or −1 for none, which makes the vector 0.
 */
export interface LinearShape {
  /** How many statistics are held as they are; they come first. */
  readonly dense: number;
  /** Numbers of levels of the columns after them. */
  readonly levels: readonly number[];
}

/** Length of t and η. */
export function linearWidth({ dense, levels }: LinearShape): number {
  return levels.reduce((sum, count) => sum + count, dense);
}

/** Columns that a row of a linear term takes. */
export function linearColumns({ dense, levels }: LinearShape): number {
  return dense + levels.length;
}
