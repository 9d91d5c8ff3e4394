/** What sweeps of one kind need on a device, made once. */
import { makeBuffers, type Sizes } from './buffers.js';
import type { Gpu } from './device.js';

/** Buffers that are destroyed together. */
export class Owned {
  private readonly buffers: GPUBuffer[] = [];

  constructor(private readonly gpu: Gpu) {}

  async make<S extends Sizes>(sizes: S): Promise<{ readonly [name in keyof S]: GPUBuffer }> {
    const made = await makeBuffers(this.gpu, sizes);
    this.buffers.push(...Object.values(made));
    return made;
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
  }
}

interface Kept<Kind, Pipelines> {
  readonly kind: Kind;
  readonly pipelines: Pipelines;
  readonly own: Owned;
}

/** Keeps the pipelines of the last kinds that were asked for; makes them leave no buffer behind. */
export class PipelineCache<Kind extends object, Pipelines> {
  /** The latest last. */
  private kept: Kept<Kind, Pipelines>[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly most = 1,
  ) {}

  /**
   * The pipelines of a kind, those that are kept where they still serve. In making them all buffers are `own`'s from the moment
   * they exist: it may fail at any later one.
   */
  async of(
    kind: Kind,
    make: (own: Owned) => Promise<Pipelines>,
    serves: (pipelines: Pipelines) => boolean = () => true,
  ): Promise<Pipelines> {
    const known = this.kept.find((one) => same(one.kind, kind));
    this.kept = this.kept.filter((one) => one !== known);
    if (known && serves(known.pipelines)) {
      this.kept.push(known);
      return known.pipelines;
    }
    known?.own.destroy();
    while (this.kept.length >= this.most) this.kept.shift()?.own.destroy();
    const own = new Owned(this.gpu);
    try {
      const pipelines = await make(own);
      this.kept.push({ kind, pipelines, own });
      return pipelines;
    } catch (error) {
      own.destroy();
      throw error;
    }
  }

  dispose(): void {
    for (const { own } of this.kept) own.destroy();
    this.kept = [];
  }
}

/** Kinds are plain data, whose properties are always in one order. */
function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
