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

/** Keeps the kit of the last kind that was asked for; makes it leave no buffer behind. */
export class Kits<Kind extends object, Kit> {
  private last: { readonly kind: Kind; readonly kit: Kit; readonly own: Owned } | undefined;

  constructor(
    private readonly gpu: Gpu,
    /** Makes a kit. Its buffers are `own`'s from the moment they exist: it may fail at any later one. */
    private readonly make: (kind: Kind, own: Owned) => Promise<Kit>,
    /** Whether a kit of the same kind still serves. */
    private readonly serves: (kit: Kit, kind: Kind) => boolean = () => true,
  ) {}

  async of(kind: Kind): Promise<Kit> {
    const { last } = this;
    if (last && same(last.kind, kind) && this.serves(last.kit, kind)) return last.kit;
    this.dispose();
    const own = new Owned(this.gpu);
    try {
      const kit = await this.make(kind, own);
      this.last = { kind, kit, own };
      return kit;
    } catch (error) {
      own.destroy();
      throw error;
    }
  }

  dispose(): void {
    this.last?.own.destroy();
    this.last = undefined;
  }
}

function same<Kind extends object>(one: Kind, other: Kind): boolean {
  return (Object.keys(other) as (keyof Kind)[]).every((name) => one[name] === other[name]);
}
