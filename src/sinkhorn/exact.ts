import { total } from '../base/numbers.js';

/** Transport at ε = 0. */
export interface ExactTransport {
  /** P, `[n, m]`, row-major. */
  readonly plan: Float64Array;
  /** ⟨P, C⟩. */
  readonly cost: number;
  /** Potentials, `[n]` and `[m]`: f_i + g_j ≤ C_ij, with equality where P_ij > 0, so that ⟨a, f⟩ + ⟨b, g⟩ = ⟨P, C⟩. */
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/**
 * min ⟨P, C⟩ over P ≥ 0 with P1 = a and Pᵀ1 = b, exactly: shortest augmenting paths, found by Dijkstra's method at costs
 * that potentials have made ≥ 0 (Tomizawa 1971; Edmonds & Karp 1972). Costs `[n, m]`, row-major and finite; weights ≥ 0 of
 * one sum but for rounding, by which the plan may miss them. An augmentation takes n m steps, and a few per point are the
 * rule: hundreds of points a side take a second.
 *
 * Whole weights give a whole plan: of equal numbers of ones an assignment.
 */
export function exactTransport(costs: Float64Array, a: ArrayLike<number>, b: ArrayLike<number>): ExactTransport {
  const flow = new Flow(costs, a, b);
  for (let i = 0; i < flow.n; i++) while (flow.supply[i] > 0 && flow.augment(i));
  const { plan, f, g } = flow;
  let cost = 0;
  for (let at = 0; at < plan.length; at++) cost += plan[at] * costs[at];
  return { plan, cost, f, g: g.map((value) => -value) };
}

/** A plan that is the cheapest of its mass, with what has no place in it yet. */
class Flow {
  readonly n: number;
  readonly m: number;
  readonly plan: Float64Array;
  /** What is left to send from each row and to each column. */
  readonly supply: Float64Array;
  readonly demand: Float64Array;
  /** C_ij − f_i + g_j ≥ 0, and 0 where the plan has mass. */
  readonly f: Float64Array;
  readonly g: Float64Array;
  /** Shortest distances from the start of a path, the row before each column on it, and the column before each row. */
  private readonly toRow: Float64Array;
  private readonly toColumn: Float64Array;
  private readonly rowBefore: Int32Array;
  private readonly columnBefore: Int32Array;
  private readonly settled: Uint8Array;

  constructor(
    private readonly costs: Float64Array,
    a: ArrayLike<number>,
    b: ArrayLike<number>,
  ) {
    [this.n, this.m] = [a.length, b.length];
    this.plan = new Float64Array(this.n * this.m);
    this.supply = Float64Array.from(a);
    // Sums that differ by rounding would leave dust without a place: columns take what the rows have.
    const share = total(a) / total(b);
    this.demand = Float64Array.from(b, (mass) => mass * share);
    this.f = new Float64Array(this.n);
    this.g = new Float64Array(this.m);
    this.f.forEach(
      (_, i) => (this.f[i] = costs.subarray(i * this.m, (i + 1) * this.m).reduce((x, y) => Math.min(x, y), Infinity)),
    );
    this.toRow = new Float64Array(this.n);
    this.toColumn = new Float64Array(this.m);
    this.rowBefore = new Int32Array(this.m);
    this.columnBefore = new Int32Array(this.n);
    this.settled = new Uint8Array(this.m);
  }

  /** Sends mass of a row along the shortest path to a column that lacks some; false where no column does. */
  augment(start: number): boolean {
    const end = this.shortest(start);
    if (end < 0) return false;
    this.raise(this.toColumn[end]);
    this.send(start, end);
    return true;
  }

  /** Dijkstra from a row until a column that lacks mass is settled, which is the answer; −1 without. */
  private shortest(start: number): number {
    const { toRow, toColumn, settled, columnBefore, demand, plan, n, m } = this;
    toRow.fill(Infinity);
    toColumn.fill(Infinity);
    settled.fill(0);
    toRow[start] = 0;
    columnBefore[start] = -1;
    this.relax(start);
    for (;;) {
      let next = -1;
      for (let j = 0; j < m; j++) if (!settled[j] && (next < 0 || toColumn[j] < toColumn[next])) next = j;
      if (next < 0) return -1;
      settled[next] = 1;
      if (demand[next] > 0) return next;
      for (let i = 0; i < n; i++) {
        if (plan[i * m + next] === 0 || toRow[i] <= toColumn[next]) continue;
        toRow[i] = toColumn[next]; // the way back costs 0
        columnBefore[i] = next;
        this.relax(i);
      }
    }
  }

  /** Shortens the ways to columns by those over a row. */
  private relax(i: number): void {
    const { costs, f, g, toRow, toColumn, rowBefore, settled, m } = this;
    for (let j = 0, at = i * m; j < m; j++, at++) {
      if (settled[j]) continue;
      const distance = toRow[i] + Math.max(0, costs[at] - f[i] + g[j]); // rounding may be below 0
      if (distance >= toColumn[j]) continue;
      toColumn[j] = distance;
      rowBefore[j] = i;
    }
  }

  /** Moves potentials so that costs along shortest paths of up to this length become 0, and none less than 0. */
  private raise(length: number): void {
    const { f, g, toRow, toColumn, n, m } = this;
    for (let i = 0; i < n; i++) if (toRow[i] < length) f[i] += length - toRow[i];
    for (let j = 0; j < m; j++) if (toColumn[j] < length) g[j] += length - toColumn[j];
  }

  private send(start: number, end: number): void {
    const { plan, supply, demand, rowBefore, columnBefore, m } = this;
    let mass = Math.min(supply[start], demand[end]);
    for (let i = rowBefore[end]; i !== start; i = rowBefore[columnBefore[i]])
      mass = Math.min(mass, plan[i * m + columnBefore[i]]);
    supply[start] -= mass;
    demand[end] -= mass;
    for (let j = end; ; j = columnBefore[rowBefore[j]]) {
      const i = rowBefore[j];
      plan[i * m + j] += mass;
      if (i === start) return;
      plan[i * m + columnBefore[i]] -= mass;
    }
  }
}
