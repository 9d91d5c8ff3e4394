import type { Family } from '../families/family.js';
import type { Accelerator, Step } from './accelerator.js';
import type { Iterate, Unswept } from './e-step.js';

/** How much longer steps may be each time that one as long as they may be was taken, and shorter where it was refused. */
const GROWTH = 4;
/** Halvings of a step that leads to no valid parameters before it is given up. */
const HALVINGS = 5;

/**
 * SQUAREM (Varadhan & Roland 2008, scheme SqS3) on the weights and the family's mean parameters θ. Of two steps of EM
 * θ₀ → θ₁ → θ₂ with r = θ₁ − θ₀ and v = (θ₂ − θ₁) − r it proposes θ₀ + 2 s r + s² v, s = ‖r‖ / ‖v‖ > 1, from where the next
 * two steps begin. θ₂ is an estimate that need not be swept, so that a cycle is two sweeps, or three where the proposal is
 * refused. Where components start again, or had to be repaired, it waits.
 */
export function squarem(family: Family): Accelerator {
  return new Squarem(family, GROWTH);
}

/** Weights and parameters before a step of EM, as a vector. */
type Point = Float64Array;

/** A way along a parabola. */
interface Way {
  /** ‖r‖ / ‖v‖. */
  readonly ratio: number;
  readonly after: (step: number) => Point;
}

/** What is remembered: the largest s, and θ₀ and θ₁ within a cycle. */
interface Memory {
  readonly longest: number;
  readonly cycle?: readonly [zeroth: Point, first: Point];
}

class Squarem implements Accelerator {
  constructor(
    private readonly family: Family,
    /** The largest s. */
    private readonly longest: number,
    /** θ₀ and θ₁; undefined before the first step of a cycle. */
    private readonly cycle?: readonly [zeroth: Point, first: Point],
  ) {}

  propose(_from: Iterate, estimate: Unswept): Unswept | undefined {
    const way = this.wayTo(estimate);
    if (!way) return undefined;
    let step = Math.min(this.longest, way.ratio);
    for (let halvings = 0; halvings < HALVINGS && step > 1; halvings++, step = (1 + step) / 2) {
      const proposal = this.at(way.after(step), estimate);
      if (proposal) return proposal;
    }
    return undefined; // θ₂ itself, or no number
  }

  after({ estimate, from, taken }: Step): Accelerator {
    const { family, longest, cycle } = this;
    if (taken === true) {
      const bounded = (this.wayTo(estimate)?.ratio ?? 0) > longest;
      return new Squarem(family, bounded ? longest * GROWTH : longest);
    }
    if (taken === false) return new Squarem(family, Math.max(GROWTH, longest / GROWTH));
    if (cycle || estimate.repairs.length > 0) return this.fresh();
    return new Squarem(family, longest, [this.pointOf({ ...from, side: from.model }), this.pointOf(estimate)]);
  }

  fresh(): Accelerator {
    return new Squarem(this.family, this.longest);
  }

  save(): Memory {
    const { longest, cycle } = this;
    return { longest, ...(cycle && { cycle }) };
  }

  restore(saved: unknown): Accelerator {
    const { longest, cycle } = saved as Memory;
    return new Squarem(this.family, longest, cycle);
  }

  /** Where two steps of EM, the second to this estimate, lead; undefined where there is no such way. */
  private wayTo(estimate: Unswept): Way | undefined {
    if (!this.cycle || estimate.repairs.length > 0) return undefined;
    const [zeroth, first] = this.cycle;
    const second = this.pointOf(estimate);
    const r = first.map((value, at) => value - zeroth[at]);
    const v = second.map((value, at) => value - first[at] - r[at]);
    return {
      ratio: length(r) / length(v),
      after: (step) => zeroth.map((value, at) => value + 2 * step * r[at] + step ** 2 * v[at]),
    };
  }

  private pointOf({ components, side }: Pick<Unswept, 'components' | 'side'>): Point {
    const { weights } = side;
    const parameters = this.family.toVector(components);
    const point = new Float64Array(weights.length + parameters.length);
    point.set(weights);
    point.set(parameters, weights.length);
    return point;
  }

  /** The model at a point; undefined where that has none. */
  private at(point: Point, { components, side }: Unswept): Unswept | undefined {
    const k = side.weights.length;
    const weights = point.slice(0, k);
    if (!weights.every((weight) => weight > 0)) return undefined;
    const there = this.family.fromVector(point.slice(k), components);
    return there && { components: there, side: { ...side, weights: proportional(weights) }, repairs: [] };
  }
}

/** Rounding aside they sum to 1 already. */
function proportional(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}
