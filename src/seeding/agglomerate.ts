import { yieldToEvents } from '../base/event-loop.js';

/** Items that merge two by two. */
export interface Mergeable {
  readonly count: number;
  /** What the merger of two items costs; the first has the lower number. */
  cost(i: number, j: number): number;
  /** Item i takes in item j > i. */
  merge(i: number, j: number): void;
}

/**
 * Merges the pair that costs least, again and again, until so many items are left. Returns for each item the number of the one
 * that has taken it in, `[count]`. Costs of m items are computed some m² times, and held, 8 m² bytes.
 */
export async function agglomerate(items: Mergeable, left: number, signal?: AbortSignal): Promise<Int32Array> {
  const { count } = items;
  const pairs = new Pairs(items);
  const takenBy = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    pairs.begin(i);
    await yieldToEvents(signal);
  }
  for (let merged = 0; count - merged > left; merged++) {
    const [i, j] = pairs.cheapest();
    takenBy[j] = i;
    pairs.merge(i, j);
    await yieldToEvents(signal);
  }
  // Who takes an item in has the lower number: where that one has gone is known by then.
  return takenBy.map((_, i) => (takenBy[i] = takenBy[takenBy[i]]));
}

/** Costs of all pairs, and for each item the cheapest partner of a higher number. */
class Pairs {
  private readonly costs: Float64Array;
  private readonly partner: Int32Array;
  private readonly there: Uint8Array;

  constructor(private readonly items: Mergeable) {
    const { count } = items;
    this.costs = new Float64Array(count * count);
    this.partner = new Int32Array(count).fill(-1);
    this.there = new Uint8Array(count).fill(1);
  }

  /** Costs of an item with all that come after it. */
  begin(i: number): void {
    const { items, costs } = this;
    for (let j = i + 1; j < items.count; j++) costs[i * items.count + j] = items.cost(i, j);
    this.choosePartner(i);
  }

  cheapest(): [i: number, j: number] {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < this.items.count; i++) {
      if (this.there[i] === 0 || this.partner[i] < 0) continue;
      const cost = this.costOf(i, this.partner[i]);
      if (best < 0 || cost < least) [best, least] = [i, cost];
    }
    return [best, this.partner[best]];
  }

  merge(i: number, j: number): void {
    const { items, costs, there, partner } = this;
    items.merge(i, j);
    there[j] = 0;
    for (let other = 0; other < items.count; other++) {
      if (there[other] === 0 || other === i) continue;
      if (other > i) {
        costs[i * items.count + other] = items.cost(i, other);
        if (partner[other] === j) this.choosePartner(other);
        continue;
      }
      const cost = (costs[other * items.count + i] = items.cost(other, i));
      if (partner[other] === i || partner[other] === j) this.choosePartner(other);
      else if (cost < this.costOf(other, partner[other])) partner[other] = i;
    }
    this.choosePartner(i);
  }

  private costOf(i: number, j: number): number {
    return this.costs[i * this.items.count + j];
  }

  private choosePartner(i: number): void {
    const { items, there, partner } = this;
    partner[i] = -1;
    for (let j = i + 1; j < items.count; j++) {
      if (there[j] === 1 && (partner[i] < 0 || this.costOf(i, j) < this.costOf(i, partner[i]))) partner[i] = j;
    }
  }
}
