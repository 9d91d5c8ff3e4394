/** A pattern of pairs that may carry mass, and the masses of its sides. */
export interface Pattern {
  /** `[n, m]`, 1 where a pair may carry mass. */
  readonly allowed: Uint8Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** The most mass that a pattern carries. */
export interface Flow {
  /** `[n, m]`, with row sums of at most a and column sums of at most b. */
  readonly values: Float64Array;
  /** Of rows and columns, what is left. */
  readonly excess: Float64Array;
  readonly spare: Float64Array;
  /** Rows, and columns, that what is left of the rows may still reach: where any is left, they hold too much. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Masses smaller than this share of all are rounding. */
const ROUNDING = 1e-14;

/** A maximum flow from rows to columns: greedily first, then along shortest augmenting paths (Edmonds & Karp 1972). */
export function maximumFlow({ allowed, a, b }: Pattern): Flow {
  const [n, m] = [a.length, b.length];
  const values = new Float64Array(n * m);
  const [excess, spare] = [a.slice(), b.slice()];
  const tiny = ROUNDING * a.reduce((sum, mass) => sum + mass, 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m && excess[i] > 0; j++) {
      if (allowed[i * m + j]) move(values, i * m + j, Math.min(excess[i], spare[j]), i, j, excess, spare);
    }
  }
  for (;;) {
    const { target, fromRow, fromColumn } = search({ allowed, a, b }, values, excess, spare, tiny);
    if (target < 0) {
      const reached = (marks: Int32Array): number[] => [...marks.keys()].filter((at) => marks[at] !== UNSEEN);
      return { values, excess, spare, rows: reached(fromColumn), columns: reached(fromRow) };
    }
    augment(values, m, target, { fromRow, fromColumn }, excess, spare);
  }
}

const UNSEEN = -2;
const SOURCE = -1;

interface Paths {
  /** The row each column was reached from, `[m]`, and the column each row was reached from, `[n]`. */
  readonly fromRow: Int32Array;
  readonly fromColumn: Int32Array;
}

/** Breadth first from all rows with excess to a column with room. */
function search(
  { allowed, a, b }: Pattern,
  values: Float64Array,
  excess: Float64Array,
  spare: Float64Array,
  tiny: number,
): Paths & { readonly target: number } {
  const [n, m] = [a.length, b.length];
  const fromRow = new Int32Array(m).fill(UNSEEN);
  const fromColumn = new Int32Array(n).fill(UNSEEN);
  const queue = [...excess.keys()].filter((i) => excess[i] > tiny);
  for (const i of queue) fromColumn[i] = SOURCE;
  for (const i of queue) {
    for (let j = 0; j < m; j++) {
      if (!allowed[i * m + j] || fromRow[j] !== UNSEEN) continue;
      fromRow[j] = i;
      if (spare[j] > tiny) return { target: j, fromRow, fromColumn };
      for (let other = 0; other < n; other++) {
        if (fromColumn[other] !== UNSEEN || values[other * m + j] <= tiny) continue;
        fromColumn[other] = j;
        queue.push(other);
      }
    }
  }
  return { target: -1, fromRow, fromColumn };
}

/** Moves as much as a path lets through from its row of excess to its column with room. */
function augment(
  values: Float64Array,
  m: number,
  target: number,
  { fromRow, fromColumn }: Paths,
  excess: Float64Array,
  spare: Float64Array,
): void {
  let most = spare[target];
  let first = fromRow[target];
  for (; fromColumn[first] !== SOURCE; first = fromRow[fromColumn[first]]) {
    most = Math.min(most, values[first * m + fromColumn[first]]);
  }
  most = Math.min(most, excess[first]);
  for (let j = target, i = fromRow[j]; ; j = fromColumn[i], i = fromRow[j]) {
    values[i * m + j] += most;
    if (fromColumn[i] === SOURCE) break;
    values[i * m + fromColumn[i]] -= most;
  }
  excess[first] -= most;
  spare[target] -= most;
}

function move(
  values: Float64Array,
  at: number,
  mass: number,
  i: number,
  j: number,
  excess: Float64Array,
  spare: Float64Array,
): void {
  values[at] += mass;
  excess[i] -= mass;
  spare[j] -= mass;
}
