import type { Device } from '../backend/backend.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Source } from '../data/source.js';
import { exactRows, FAR, withFarRows, type Rereadable } from '../data/exactly.js';
import { streamedRows, type StreamedBlock } from '../data/streamed.js';
import { costsOf, relativeEntropy } from './primal.js';
import { isExact, type Floats, type PlanModel } from '../sweep/model.js';
import type { RowCoding } from '../families/row-coding.js';
import type { Scaling } from '../families/scaling.js';
import { addedTo, gapVolumes, rowMajor } from '../sweep/encode.js';
import type { RowOutputs, SweptRows } from '../sweep/shard.js';

/** Consecutive rows of the plan. */
export interface PlanRows {
  /** Number of the first row among those fitted (rows left out for missing values have no number). */
  readonly start: number;
  readonly rows: number;
  /** P_ik = a_i r_ik, row-major `[rows, k]`; over all rows it sums to 1. */
  readonly plan: Float64Array;
  /** Row sums a_i, `[rows]`: sample weights over their sum. */
  readonly rowMasses: Float64Array;
}

/** F by two ways, nats. */
export interface Duality {
  /** ⟨P, C⟩ + ε KL(P | a⊗w) (+ ρ KL(m | b)) of the plan itself, entry by entry; the costs in float64 on the host. */
  readonly primal: number;
  /** F as the sweeps found it: at ε = 1 with a free marginal the negative mean log-likelihood. */
  readonly dual: number;
  /** primal − dual: what rounding leaves, or a marginal that is not met. */
  readonly gap: number;
}

/** What a plan follows from. */
export interface PlanParts {
  readonly source: Source;
  readonly device: Device;
  readonly missing: MissingPolicy;
  readonly scaling: Scaling;
  readonly totalWeight: number;
  /** In scaled coordinates. */
  readonly model: PlanModel<Floats>;
  /** Column masses, `[k]`, sum 1. */
  readonly mass: Float64Array;
  /** F, the data's units, and what it exceeds that of the shard's coordinates by. */
  readonly objective: number;
  readonly volume: number;
  readonly coding?: RowCoding | undefined;
  /** Whether numbers that are swept may be missing. */
  readonly gaps?: boolean | undefined;
  /** ρ of a relaxed marginal. */
  readonly rho?: number;
}

/**
 * The transport plan P `[n, k]` between rows and components that a fit ended with. It is never stored: asking for its
 * rows reads the data again, which must still be there.
 */
export class TransportPlan {
  constructor(private readonly parts: PlanParts) {}

  /** Mixture weights w, `[k]`; b under a prescribed marginal. */
  get weights(): number[] {
    return Array.from(this.parts.model.weights);
  }

  /** Dual potential g of the component side, `[k]`, nats. */
  get potential(): number[] {
    return Array.from(this.parts.model.potential);
  }

  /** Column masses m = Pᵀ1, `[k]`, sum 1. */
  get mass(): number[] {
    return Array.from(this.parts.mass);
  }

  get epsilon(): number {
    return this.parts.model.epsilon;
  }

  /** P, block after block. */
  async *rows(): AsyncGenerator<PlanRows> {
    for await (const { start, outputs, weights } of this.blocks()) yield this.planRows(start, outputs, weights);
  }

  /** One read of the data: F of the plan, computed entry by entry, beside F as the fit has it. */
  async duality(): Promise<Duality> {
    const { model, mass, objective, volume, rho, scaling, totalWeight } = this.parts;
    const { weights, epsilon } = model;
    const costs = costsOf(model.components, scaling);
    let primal = rho === undefined ? 0 : rho * relativeEntropy(mass, weights);
    for await (const { start, outputs, values, base, weights: rowWeights } of this.blocks()) {
      const { plan, rows } = this.planRows(start, outputs, rowWeights);
      for (let i = 0; i < rows; i++) {
        const cost = costs(values, i).map((value) => value - (base?.[i] ?? 0));
        const share = plan.subarray(i * weights.length, (i + 1) * weights.length);
        const product = weights.map((weight) => (weight * rowWeights[i]) / totalWeight);
        primal += cost.reduce((sum, value, k) => (share[k] > 0 ? sum + share[k] * value : sum), 0);
        primal += epsilon * relativeEntropy(share, product);
      }
    }
    primal += volume;
    return { primal, dual: objective, gap: primal - objective };
  }

  private planRows(start: number, { rows, responsibilities, labels }: RowOutputs, weights: Float64Array): PlanRows {
    const k = this.parts.model.weights.length;
    const rowMasses = weights.map((weight) => weight / this.parts.totalWeight);
    const plan = new Float64Array(rows * k);
    for (let at = 0; at < plan.length; at++) {
      const row = Math.floor(at / k);
      // Hard assignment is the plan of the labels.
      const share = this.epsilon > 0 ? responsibilities[at] : Number(labels[row] === at % k);
      plan[at] = rowMasses[row] * share;
    }
    return { start, rows, plan, rowMasses };
  }

  /** The data, in the user's units and weights, with what the plan says of them. */
  private async *blocks(): AsyncGenerator<Block> {
    const { source, device, missing, scaling, coding, gaps, model } = this.parts;
    const options = { device, missing, scaling, coding, gaps };
    const outputsOf = (block: StreamedBlock) => planOutputs(block, model, gaps);
    for await (const { block, before, outputs } of streamedRows(source, options, outputsOf)) {
      const [from, to] = [outputs.start, outputs.start + outputs.rows];
      yield {
        start: before + from,
        outputs,
        values: rowMajor(block, from, to),
        base: addedTo(block.base, gapVolumes(block, scaling))?.slice(from, to),
        weights: block.weights?.slice(from, to) ?? new Float64Array(outputs.rows).fill(1),
      };
    }
  }
}

/** What the model says of rows, in the precision that it was fitted in, of those far out in float64. */
function planOutputs(
  data: Rereadable & { readonly shard: SweptRows },
  model: PlanModel<Floats>,
  gaps = false,
): AsyncIterable<RowOutputs> {
  const wanted = { responsibilities: true };
  const rows: SweptRows<Floats> = data.shard;
  if (gaps) return rows.rows(model, wanted);
  if (isExact(model)) return exactRows(model, data, wanted);
  return withFarRows(rows.rows(model, wanted), model, data, FAR);
}

interface Block {
  readonly start: number;
  readonly outputs: RowOutputs;
  /** `[rows, D]`, as they are before they are shifted and scaled. */
  readonly values: Float64Array;
  /** log h(x), `[rows]`, where it is not 0. */
  readonly base: Float64Array | undefined;
  /** Sample weights `[rows]`, the user's units. */
  readonly weights: Float64Array;
}
