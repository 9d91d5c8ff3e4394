/** What factors of a product know of their own numbers, put together. */
import type { Spread } from './components.js';
import { supportsOf } from './family.js';
import type { AddedShare, AddedShares } from './narrow.js';
import type { Support } from './noise.js';
import type { PlacedFactor } from './product-factors.js';
import { placesOf } from './product-terms.js';
import type { Scaling } from './scaling.js';

/**
 * Where the shard has the numbers of each factor. Of factors that must know levels first, nowhere. The columns of a shard lie
 * by kinds of terms, so that a factor's models are to be of one kind.
 */
export function withPlaces(factors: readonly Omit<PlacedFactor, 'places'>[]): PlacedFactor[] {
  const given = factors.map(({ family, columns }) => ({ family: family.beside?.() ?? family, columns }));
  const ready = given.every(({ family, columns }) => columns.length > 0 && (!family.survey || family.levels));
  const places = ready ? placesOf(given.map(({ family, columns }) => family.shape(1, columns.length))) : [];
  return given.map((factor, f) => ({ ...factor, places: places[f] ?? [] }));
}

/** Where the levels of the shard's level columns lie, factor after factor. */
export function positionsOf(factors: readonly PlacedFactor[]): (Float64Array | undefined)[] {
  return factors.flatMap(({ family, columns, places }) => {
    if (family.positions || places.length === 0) return family.positions ?? [];
    return family.shape(1, columns.length).linear?.levels.map(() => undefined) ?? [];
  });
}

/** Where the values of the columns of the data lie, `[d]`. */
export function supportsAt(factors: readonly PlacedFactor[], d: number): readonly Support[] {
  const all = new Array<Support>(d).fill('numbers');
  for (const { family, columns } of factors) {
    for (const [j, support] of supportsOf(family, columns.length).entries()) {
      all[columns[j]] = typeof support === 'string' ? support : { sphere: support.sphere.map((own) => columns[own]) };
    }
  }
  return all;
}

/** A scaling put together of the factors'. */
export function scalingOf(
  factors: readonly PlacedFactor[],
  width: number,
  of: (factor: PlacedFactor, f: number) => Scaling,
): Scaling {
  const all = identity(width);
  for (const [f, factor] of factors.entries()) {
    const { shift, scale } = of(factor, f);
    factor.places.forEach((place, j) => {
      all.shift[place] = shift[j];
      all.scale[place] = scale[j];
    });
  }
  return all;
}

export function identity(width: number): Scaling {
  return { shift: new Float64Array(width), scale: new Float64Array(width).fill(1) };
}

/** Means and variances put together of the factors', by the places of the shard or by the columns of the data. */
export function spreadAt(
  factors: readonly PlacedFactor[],
  d: number,
  by: 'places' | 'columns',
  spreads: readonly Spread[],
): Spread {
  const k = spreads[0].means.length / factors[0][by].length;
  const [means, variances] = [new Float64Array(k * d), new Float64Array(k * d)];
  for (const [f, factor] of factors.entries()) {
    const own = factor[by];
    for (let c = 0; c < k; c++) {
      own.forEach((at, j) => {
        means[c * d + at] = spreads[f].means[c * own.length + j];
        variances[c * d + at] = spreads[f].variances[c * own.length + j];
      });
    }
  }
  return { means, variances };
}

/** Components that every factor says are one. */
export function common(groupings: readonly (readonly (readonly number[])[])[], k: number): number[][] {
  const keys = Array.from({ length: k }, (_, c) =>
    groupings
      .map((groups) => groups.findIndex((group) => group.includes(c)))
      .map((group) => (group < 0 ? `alone ${c}` : group))
      .join(),
  );
  const groups = new Map<string, number[]>();
  keys.forEach((key, c) => groups.set(key, [...(groups.get(key) ?? []), c]));
  return Array.from(groups.values()).filter(({ length }) => length > 1);
}

/** Of each component the largest share of any factor, and the columns of the shard that it is of. */
export function worstShares(own: readonly AddedShares[], factors: readonly PlacedFactor[], k: number): AddedShares {
  const shares = Array.from({ length: k }, (_, c): AddedShare => {
    const all = own.map(({ shared, shares: of }, f): AddedShare => {
      const { share, columns } = of[shared ? 0 : c];
      return { share, columns: columns.map((j) => factors[f].places[j]) };
    });
    return all.reduce((most, one) => (one.share > most.share ? one : most));
  });
  return { shared: false, shares };
}

/** Of each dense statistic of any factor the one that it is missing by, as `Family.masks` has them. */
export function joinedMasks(factors: readonly PlacedFactor[]): readonly number[] | undefined {
  let first = 0;
  let gaps = false;
  const masks = factors.flatMap(({ family, columns }) => {
    const { dense = 0 } = family.shape(1, columns.length).linear ?? {};
    const own = family.masks?.(columns.length);
    const from = first;
    first += dense;
    gaps ||= own !== undefined;
    return Array.from({ length: dense }, (_, j) => (own && own[j] >= 0 ? from + own[j] : -1));
  });
  return gaps ? masks : undefined;
}
