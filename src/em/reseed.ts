import type { FreshStart, Repair } from '../families/family.js';
import type { Floats, PlanModel } from '../sweep/model.js';
import { clearComponent, type Moments } from '../sweep/moments.js';
import { EMPTY_ROWS } from '../sweep/negligible.js';
import type { SweptRows } from '../sweep/shard.js';

/** A component that starts again at a row. */
export interface Reseeded extends FreshStart {
  readonly repair: Repair;
}

/** Moments of which components without rows have no part, and these components. */
export interface Reseeding {
  readonly moments: Moments;
  readonly fresh: readonly Reseeded[];
}

/**
 * Finds components, of the first k, that no row belongs to, clears their moments and gives each one of the rows that the mixture
 * explains worst. One more read of the data where there are any, none where there are not. The moments given stay.
 */
export async function reseed(
  shard: SweptRows<Floats>,
  model: PlanModel<Floats>,
  moments: Moments,
  { k, signal }: { readonly k: number; readonly signal?: AbortSignal | undefined },
): Promise<Reseeding> {
  const empty = [...moments.mass.keys()].filter(
    (c) => c < k && moments.mass[c] < (EMPTY_ROWS / shard.n) * moments.weight,
  );
  if (empty.length === 0) return { moments, fresh: [] };
  const worst = await worstExplained(shard, model, empty.length, signal);
  const rows = await shard.take(worst);
  const { d } = shard;
  const kept = structuredClone(moments);
  const fresh = empty.map((component, index): Reseeded => {
    clearComponent(kept, model.components, component);
    const message = `component ${component} had lost all its rows and was started again at row ${worst[index]}`;
    return {
      component,
      row: rows.slice(index * d, (index + 1) * d),
      repair: { kind: 'reseeded', component, message },
    };
  });
  return { moments: kept, fresh };
}

/** Indices of the `count` rows of positive weight with the lowest density; they repeat where there are fewer rows. */
async function worstExplained(
  shard: SweptRows<Floats>,
  model: PlanModel<Floats>,
  count: number,
  signal?: AbortSignal,
): Promise<number[]> {
  let worst: { row: number; density: number }[] = [];
  for await (const { start, logDensity, weights } of shard.rows(model, { signal })) {
    const here = Array.from(logDensity, (density, i) => ({ row: start + i, density })).filter((_, i) => weights[i] > 0);
    worst = [...worst, ...here].sort((a, b) => a.density - b.density).slice(0, count);
  }
  return Array.from({ length: count }, (_, index) => worst[index % worst.length].row);
}
