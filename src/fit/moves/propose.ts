/** Moves of a mixture: a component becomes two, two become one (Ueda et al. 2000). */
import { joined, picked } from '../../families/components.js';
import type { Start } from '../../seeding/start.js';
import type { Group, Groups } from './groups.js';

/** A component as two. */
export interface Split {
  readonly component: number;
  readonly group: Group;
  /** By how much the rows' negative mean log-likelihood falls at least, nats. */
  readonly gain: number;
}

/** Two components as one. */
export interface Merge {
  readonly pair: readonly [number, number];
  readonly group: Group;
  /** By how much the rows' negative mean log-likelihood rises at most, nats. */
  readonly loss: number;
}

/** Pairs of components that are merged on trial, for each component: those that overlap most. */
const PAIRS = 3;

/** Every component split, those first that gain most. */
export async function splitsOf(groups: Groups): Promise<Split[]> {
  const splits: Split[] = [];
  for (let component = 0; component < groups.k; component++) {
    const [one, two] = [await groups.asTheyAre([component]), await groups.refitted([component], 2)];
    if (two) splits.push({ component, group: two, gain: one.cost - two.cost });
  }
  return splits.sort((a, b) => b.gain - a.gain);
}

/** Components that overlap merged, those first that lose least. */
export async function mergesOf(groups: Groups): Promise<Merge[]> {
  const { k } = groups;
  const pairs = Array.from({ length: k }, (_, i) => i)
    .flatMap((i) => Array.from({ length: k - 1 - i }, (_, j) => [i, i + 1 + j] as const))
    .map((pair) => ({ pair, overlap: groups.overlap(...pair) }))
    .sort((a, b) => b.overlap - a.overlap)
    .slice(0, PAIRS * k);
  const merges: Merge[] = [];
  for (const { pair } of pairs) {
    const [two, one] = [await groups.asTheyAre(pair), await groups.refitted(pair, 1)];
    if (one) merges.push({ pair, group: one, loss: one.cost - two.cost });
  }
  return merges.sort((a, b) => a.loss - b.loss);
}

/** A split and a merge of others. */
export interface Move {
  readonly split: Split;
  readonly merge: Merge;
}

/** All moves that leave the number of components alone, those first that by themselves lower F most. */
export async function movesOf(groups: Groups): Promise<Move[]> {
  if (groups.k < 3) return [];
  const [splits, merges] = [await splitsOf(groups), await mergesOf(groups)];
  const net = ({ split, merge }: Move): number => split.gain - merge.loss;
  return splits
    .flatMap((split) => merges.map((merge): Move => ({ split, merge })))
    .filter(({ split, merge }) => !merge.pair.includes(split.component))
    .sort((a, b) => net(b) - net(a));
}

/**
 * A mixture after a move, or after a split alone, which makes one component more. Of the two that a split makes the second
 * is where a merge has made room, or the last.
 */
export function after({ weights, components }: Start, { split, merge }: Pick<Move, 'split'> & Partial<Move>): Start {
  const { k } = components;
  const all = joined([components, split.group.components, ...(merge ? [merge.group.components] : [])]);
  const share = weights[split.component] / (split.group.weights[0] + split.group.weights[1]);
  const order = Array.from({ length: k }, (_, c) => c);
  const own = Array.from(weights.subarray(0, k));
  const noise = Array.from(weights.subarray(k));
  const put = (at: number, from: number, weight: number): void => {
    order[at] = from;
    own[at] = weight;
  };
  put(split.component, k, share * split.group.weights[0]);
  put(merge ? merge.pair[1] : k, k + 1, share * split.group.weights[1]);
  if (merge) put(merge.pair[0], k + 2, weights[merge.pair[0]] + weights[merge.pair[1]]);
  return { weights: Float64Array.from([...own, ...noise]), components: picked(all, order) };
}
