import type { Arena } from '../arena.js';
import { packedSize } from '../layout.js';
import {
  keepsSquares,
  tileRows64,
  tileSums,
  type TileBounds,
  type TileModel,
  type TileSums,
  type TileTerm,
} from './model.js';

/** Up to so many whitened numbers, 1 MiB, those of all components are kept from costs to moments, and rows of few wait. */
const KEPT = 2 ** 17;
/** The same where bounds choose components, which leave most of it alone: 16 MiB. */
const KEPT_OF_FEW = 2 ** 21;
/** From so many columns on it pays that rows wait. */
const GATHERED = 6;
/** Rows that wait are summed once they are a tile, or two where that is no more than this: sums take longer than what begins them. */
const WAITING = 64;
/** Up to so many numbers, 16 MiB, of rows that wait. Beyond, a tile's rows wait at the most. */
const MOST_WAITING = 2 ** 21;
/** Rows that there is room for besides, as rows are copied by fours. */
const MORE = 4;

/** A quadratic term and its places, in bytes. */
export interface PlacedTile {
  readonly term: TileTerm;
  /** Its first column in a tile. */
  readonly x: number;
  readonly means: number;
  readonly factors: number;
  /** Bytes from one component's factor to the next: 0 where all share one. */
  readonly factorStep: number;
  readonly origin: number;
  readonly slopes: number;
  readonly parameters: number;
  /** Whitened rows, and bytes from one component's to the next: 0 where they are computed again; of shared ones y. */
  readonly z: number;
  readonly zStep: number;
  /** Squared distances and what becomes of them, `[k, b]`. */
  readonly squares: number;
  readonly remainders: number;
  /** Rows of components that have few of a tile, until there are enough to sum (assembly/tiles64/waiting.ts); 0 where none wait. */
  readonly gathered: number;
  readonly gatheredShares: number;
  readonly lengths: number;
}

/** What chooses components row by row, in bytes. */
export interface PlacedBounds {
  readonly least: number;
  readonly columns: number;
  readonly projection: number;
  readonly means: number;
  readonly factors: number;
  /** Bytes from one component's factor to the next. */
  readonly factorStep: number;
  /** y, `[m, b]`. */
  readonly y: number;
  /** Likeliest components, int64, and the largest logits that are known, `[b]` each. */
  readonly labels: number;
  readonly best: number;
}

/** Where everything lies, in bytes. */
export interface TilePlaces {
  readonly rows: number;
  /** How many rows of a component wait at the most. */
  readonly waiting: number;
  readonly x: number;
  readonly v: number;
  readonly offsets: number;
  readonly logits: number;
  readonly plan: number;
  readonly counts: number;
  /** Numbers that nobody reads, `[b]`. */
  readonly unused: number;
  readonly labels: number;
  readonly logSum: number;
  readonly logLargest: number;
  readonly natural: number;
  readonly levelled: number;
  /** Of each column of levels, `[b]`. */
  readonly levels: readonly number[];
  readonly terms: readonly PlacedTile[];
  readonly bounds: PlacedBounds | undefined;
  /** Sums of two lanes, those of levels, of one, and all once they are folded. */
  readonly sums: number;
  readonly levelSums: number;
  readonly totals: number;
  readonly layout: TileSums;
  /** What `placeTiles64` is given besides. */
  readonly work: readonly number[];
}

/** Lays memory out for a model of rows of so many columns. */
export function placeTiles(arena: Arena, model: TileModel, columns: number): TilePlaces {
  const { k, terms, linear, bounds } = model;
  const [b, layout] = [tileRows64(columns), tileSums(model)];
  const widest = terms.reduce((most, { d }) => Math.max(most, d), 1);
  const two = 2 * b <= WAITING && 4 * b * k * widest <= MOST_WAITING;
  const waiting = two ? 2 * b : b;
  const take = (count: number): number => arena.take(2 * count);
  arena.begin();
  const x = take(b * columns);
  let next = x;
  const places = {
    ...{ rows: b, waiting, layout, x, v: take(b), offsets: take(k), logits: take(k * b), plan: take(k * b) },
    counts: take(k),
    ...{ unused: take(b), labels: take(b), logSum: take(b), logLargest: take(b) },
    work: [take(4 * widest), take((waiting + MORE) * widest), take(b * widest), take(b + MORE)],
    natural: take(linear?.natural.length ?? 0),
    levelled: take(linear?.levelled.length ?? 0),
    levels: linear?.levels.map(() => take(b)) ?? [],
    terms: terms.map((term) => {
      const placed = placeTerm(term, next, { k, b, waiting, most: bounds ? KEPT_OF_FEW : KEPT }, take);
      next += term.d * b * 8;
      return placed;
    }),
    bounds: bounds && placeBounds(bounds, b, take),
    sums: take(2 * layout.levels),
    levelSums: take(layout.count - layout.levels),
    totals: take(layout.count),
  };
  arena.reserve();
  return places;
}

function placeTerm(
  term: TileTerm,
  x: number,
  { k, b, waiting, most }: Record<'k' | 'b' | 'waiting' | 'most', number>,
  take: (count: number) => number,
): PlacedTile {
  const { path, d, tied, radial } = term;
  const keeps = path === 'matrix' && k * d * b <= most;
  const whitened = path === 'matrix' || path === 'shared' ? d * b * (keeps ? k : 1) : 0;
  const gathers = keeps && k > 1 && d >= GATHERED;
  return {
    ...{ term, x, means: take(k * d), factors: take(term.factors.length), origin: take(d), slopes: take(k) },
    factorStep: tied ? 0 : packedSize(d) * 8,
    ...{ parameters: take(3 * k), z: take(whitened), zStep: keeps ? d * b * 8 : 0 },
    squares: take(keepsSquares(term) ? k * b : 0),
    remainders: take(radial ? k * b : 0),
    ...(gathers
      ? {
          gathered: take(2 * k * d * (waiting + MORE)),
          gatheredShares: take(2 * k * (waiting + MORE)),
          lengths: take(k),
        }
      : { gathered: 0, gatheredShares: 0, lengths: 0 }),
  };
}

function placeBounds(
  { least, columns, projection, means, factors }: TileBounds,
  b: number,
  take: (count: number) => number,
): PlacedBounds {
  return {
    ...{
      least,
      columns,
      projection: take(projection.length),
      means: take(means.length),
      factors: take(factors.length),
    },
    factorStep: packedSize(columns) * 8,
    ...{ y: take(columns * b), labels: take(b), best: take(b) },
  };
}
