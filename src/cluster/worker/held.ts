import type { Device } from '../../backend/backend.js';
import { loadDataset, type Dataset } from '../../data/dataset.js';
import { ExactRows, type RowsExactly } from '../../data/exactly.js';
import { sumsHere, type CriteriaSums } from '../../mixture/criteria.js';
import type { Summed } from '../../mixture/evaluate.js';
import { float64BytesOfRow } from '../../sweep/spilled/float64.js';
import type { Floats, PlanModel } from '../../sweep/model.js';
import type { RowOutputs, SweepRequest, SweptRows } from '../../sweep/shard.js';
import { halved, type HalvedMoments } from '../../sweep/remote/halved.js';
import { familyOfSpec } from '../family-spec.js';
import type { Holding, OpenedUnit, WorkerQuestion } from '../messages.js';
import { Budget } from './budget.js';
import { Cursors } from './cursors.js';
import { KeptNearest } from './kept-nearest.js';
import type { OpenedData } from './opened.js';

/** Units that a worker holds in one encoding, each from when it is first asked about. */
export class HeldUnits {
  private readonly units = new Map<number, Promise<Dataset>>();
  private readonly rows = new Cursors<RowOutputs>();
  private readonly nearest = new KeptNearest();
  private readonly budget: Budget;

  constructor(
    private readonly holding: Holding,
    private readonly data: OpenedData,
    private readonly device: Promise<Device>,
    taken: () => number,
  ) {
    this.budget = new Budget(holding.room, taken);
  }

  /** Bytes of memory that they take. */
  get bytes(): number {
    return this.budget.taken;
  }

  async answer(question: WorkerQuestion, part: unknown): Promise<unknown> {
    const unit = Number(question.unit);
    const dataset = await this.unit(unit);
    const { shard } = dataset;
    switch (question.op) {
      case 'open':
        return { spilled: dataset.spilled ? dataset.bytes : 0 } satisfies OpenedUnit;
      case 'sweep':
        return swept(await rowsAsked(dataset, question), part as SweepRequest[], Number(question.n));
      case 'score':
        return this.score(dataset, part as Summed);
      case 'take':
        return shard.take(Array.from(question.indices as Float64Array), { gaps: question.gaps === true });
      case 'nearest':
        return this.nearest.answer(`${unit}/${String(question.session)}`, shard, question, part);
      default: {
        const { responsibilities } = question as { readonly responsibilities?: boolean };
        const asked = await rowsAsked(dataset, question);
        const begin = () => asked.rows(part as PlanModel, { responsibilities: responsibilities === true });
        return this.rows.next(`${unit}/${String(question.session)}`, Number(question.block), begin);
      }
    }
  }

  dispose(): void {
    this.rows.dispose();
    this.nearest.dispose();
    for (const unit of this.units.values()) void unit.then((one) => one.dispose()).catch(() => undefined);
    this.units.clear();
  }

  /** Sums over the rows of a unit that criteria follow from. */
  private score(dataset: Dataset, { family: own, weights, components, precision }: Summed): Promise<CriteriaSums> {
    const family = familyOfSpec({ ...this.holding.family, ...own });
    return sumsHere({ family, weights, components }, dataset, precision);
  }

  private unit(unit: number): Promise<Dataset> {
    const known = this.units.get(unit);
    if (known) return known;
    const dataset = this.load(unit);
    this.units.set(unit, dataset);
    dataset.catch(() => this.units.delete(unit));
    return dataset;
  }

  private async load(unit: number): Promise<Dataset> {
    const { budget, holding } = this;
    const { family: spec, missing, encoding, trials } = holding;
    const { coding, patterned: gaps, commonScale } = familyOfSpec(spec);
    const { shift, scale, weightUnit } = encoding;
    const device = await this.device;
    const { memory, place } = budget;
    const dataset = await loadDataset(this.data.unit(unit), {
      ...{ device, trials, missing, commonScale, coding, gaps },
      ...{ scaling: { shift, scale }, weightUnit },
      ...(device.spills === true && { spill: { memory, ...place } }),
    });
    this.data.letGo(unit);
    if (!dataset.spilled) budget.taken += dataset.bytes;
    const exact = exactlyWithin(budget, dataset, device, weightUnit);
    return {
      ...dataset,
      exact,
      dispose() {
        dataset.dispose();
        exact.dispose();
      },
    };
  }
}

/** Sums of a sweep, one for each request, as they are sent. */
async function swept(rows: SweptRows<Floats>, requests: readonly SweepRequest[], n: number): Promise<HalvedMoments[]> {
  const moments = await rows.sweep(requests, { n, partial: true });
  return moments.map((one, at) => halved(one, requests[at].model.components.quadratic));
}

/** Rows in the precision of a question. */
async function rowsAsked({ shard, exact }: Dataset, question: WorkerQuestion): Promise<SweptRows<Floats>> {
  return question.exact === true ? exact.load() : shard;
}

/** The rows of a unit in float64, in memory while a budget has room for them. */
function exactlyWithin(
  budget: Budget,
  dataset: Dataset,
  device: Pick<Device, 'float64Rows'>,
  weightUnit: number,
): RowsExactly {
  const { n, d } = dataset.shard;
  const rows = new ExactRows({ ...dataset, n, d, weightUnit }, device.float64Rows, {
    rows: n,
    ...budget.place,
    get memory() {
      return budget.memory;
    },
  });
  let asked = false;
  return {
    lacking: 0, // the master asks beforehand
    fast: rows.fast,
    load(signal) {
      const bytes = n * float64BytesOfRow(d);
      const fits = bytes <= budget.memory;
      const loading = rows.load(signal);
      if (!asked && fits) void loading.then(() => (budget.taken += bytes)).catch(() => undefined); // whoever asks is told
      asked = true;
      return loading;
    },
    dispose: () => rows.dispose(),
  };
}
