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

interface Kept<Kind, Kit> {
  readonly kind: Kind;
  readonly kit: Kit;
  readonly own: Owned;
}

/** Keeps the kits of the last kinds that were asked for; makes them leave no buffer behind. */
export class Kits<Kind extends object, Kit> {
  /** The latest last. */
  private kept: Kept<Kind, Kit>[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly most = 1,
  ) {}

  /**
   * The kit of a kind, the one that is kept where it still serves. In making one all buffers are `own`'s from the moment
   * they exist: it may fail at any later one.
   */
  async of(kind: Kind, make: (own: Owned) => Promise<Kit>, serves: (kit: Kit) => boolean = () => true): Promise<Kit> {
    const known = this.kept.find((one) => same(one.kind, kind));
    this.kept = this.kept.filter((one) => one !== known);
    if (known && serves(known.kit)) {
      this.kept.push(known);
      return known.kit;
    }
    known?.own.destroy();
    while (this.kept.length >= this.most) this.kept.shift()?.own.destroy();
    const own = new Owned(this.gpu);
    try {
      const kit = await make(own);
      this.kept.push({ kind, kit, own });
      return kit;
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

function same<Kind extends object>(one: Kind, other: Kind): boolean {
  return (Object.keys(other) as (keyof Kind)[]).every((name) => one[name] === other[name]);
}
