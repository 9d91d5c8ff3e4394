import type { Flow, Pattern } from './flow.js';

/** The block of every row and of every column: pairs within a block can carry mass in some plan, others in none. */
export interface Blocks {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly count: number;
}

/** Flows under this share of the smaller mass of a pair are rounding. */
const ROUNDING = 1e-9;

/**
 * Strongly connected components of the residual graph of a maximum flow (Tarjan 1972). An allowed pair carries mass in
 * some plan if and only if its row and its column share one. Allowed pairs lead from a block to one of a lower number.
 */
export function blocksOf({ allowed, a, b }: Pattern, { values }: Flow): Blocks {
  const [n, m] = [a.length, b.length];
  const size = n + m;
  const [index, low, block] = [1, 2, 3].map(() => new Int32Array(size).fill(-1));
  const next = new Int32Array(size);
  const [path, waiting]: [number[], number[]] = [[], []];
  let [seen, count] = [0, 0];
  const leads = (node: number, to: number): boolean => {
    if (node < n) return allowed[node * m + to] === 1;
    const at = to * m + node - n;
    return values[at] > ROUNDING * Math.min(a[to], b[node - n]);
  };
  const enter = (node: number): void => {
    index[node] = low[node] = seen++;
    path.push(node);
    waiting.push(node);
  };
  const close = (root: number): void => {
    for (let node = -1; node !== root;) {
      node = waiting.pop() as number;
      block[node] = count;
    }
    count++;
  };
  for (let start = 0; start < size; start++) {
    if (index[start] < 0) enter(start);
    while (path.length > 0) {
      const node = path[path.length - 1];
      const [others, offset] = node < n ? [m, n] : [n, 0];
      if (next[node] < others) {
        const to = next[node]++;
        if (!leads(node, to)) continue;
        if (index[to + offset] < 0) enter(to + offset);
        else if (block[to + offset] < 0) low[node] = Math.min(low[node], index[to + offset]);
        continue;
      }
      path.pop();
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[node]);
      if (low[node] === index[node]) close(node);
    }
  }
  return { rows: block.slice(0, n), columns: block.slice(n), count };
}
