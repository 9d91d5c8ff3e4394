import type { Device } from '../../backend/backend.js';
import { loadDataset } from '../../data/dataset.js';
import type { Source } from '../../data/source.js';
import type { PlanModel } from '../../sweep/model.js';
import type { RowOutputs, Shard, SweepRequest } from '../../sweep/shard.js';
import { familyOfSpec } from '../family-spec.js';
import type { Holding, WorkerQuestion } from '../messages.js';
import { Cursors } from './cursors.js';
import { KeptNearest } from './kept-nearest.js';

/** Units that a worker holds in one encoding, each from when it is first asked about. */
export class HeldUnits {
  private readonly shards = new Map<number, Promise<Shard>>();
  private readonly rows = new Cursors<RowOutputs>();
  private readonly nearest = new KeptNearest();

  constructor(
    private readonly holding: Holding,
    private readonly source: (unit: number) => Source,
    private readonly device: Promise<Device>,
  ) {}

  async answer(question: WorkerQuestion, part: unknown): Promise<unknown> {
    const unit = Number(question.unit);
    const shard = await this.shardOf(unit);
    switch (question.op) {
      case 'sweep':
        return shard.sweep(part as SweepRequest[], { n: Number(question.n) });
      case 'take':
        return shard.take(Array.from(question.indices as Float64Array), { gaps: question.gaps === true });
      case 'nearest':
        return this.nearest.answer(`${unit}/${String(question.session)}`, shard, question, part);
      default: {
        const { responsibilities } = question as { readonly responsibilities?: boolean };
        const begin = () => shard.rows(part as PlanModel, { responsibilities: responsibilities === true });
        return this.rows.next(`${unit}/${String(question.session)}`, Number(question.block), begin);
      }
    }
  }

  dispose(): void {
    this.rows.dispose();
    this.nearest.dispose();
    for (const shard of this.shards.values()) void shard.then((one) => one.dispose()).catch(() => undefined);
    this.shards.clear();
  }

  private shardOf(unit: number): Promise<Shard> {
    const known = this.shards.get(unit);
    if (known) return known;
    const shard = this.load(unit);
    this.shards.set(unit, shard);
    shard.catch(() => this.shards.delete(unit));
    return shard;
  }

  private async load(unit: number): Promise<Shard> {
    const { family: spec, missing, encoding, trials } = this.holding;
    const { coding, patterned: gaps, commonScale } = familyOfSpec(spec);
    const { shift, scale, weightUnit } = encoding;
    const { shard } = await loadDataset(this.source(unit), {
      ...{ device: await this.device, trials, missing, commonScale, coding, gaps },
      ...{ scaling: { shift, scale }, weightUnit },
    });
    return shard;
  }
}
