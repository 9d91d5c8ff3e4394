/** Sweeps of small models: one kernel over all rows, then sums over its segments. */
import { isMatrix } from '../form.js';
import type { KernelModel } from '../model.js';
import { readBuffer, STORAGE, UNIFORMS, USAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { Kits, type Owned } from './kits.js';
import { modelSize, packModel, TILE_ROWS } from './layout.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { programOf, type Program } from './program.js';
import { Recorder } from './recorder.js';
import { totalProgram } from './reduce.wgsl.js';
import type { ResidentRows } from './resident.js';
import { singleLayout, singleProgram, type SingleShape } from './single.wgsl.js';
import type { SweepArrays } from './stages.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Tiles that a workgroup walks over: enough to make its last sums cheap; more where there are very many. */
const SEGMENT_TILES = 16;
const MOST_SEGMENTS = 2 ** 16;
/** Sums of each number that the host adds. */
const TOTALS = 64;

interface Kit {
  readonly single: Program;
  readonly total: Program;
  readonly passes: readonly Pass[];
  readonly segmentTiles: number;
  readonly buffers: { readonly [name in 'model' | 'sums' | 'totals' | 'readback' | 'passes' | 'sizes']: GPUBuffer };
}

export class SingleSweeper {
  private readonly kits: Kits<SingleShape, Kit>;

  constructor(
    private readonly gpu: Gpu,
    private readonly rows: ResidentRows,
  ) {
    this.kits = new Kits(gpu, (shape, own) => this.makeKit(shape, own));
  }

  /** Adds the sums of a sweep, whitened; resolves to Σ v (log Σ exp logit − centre). */
  async sweep(model: KernelModel, shape: SingleShape, into: SweepArrays, signal?: AbortSignal): Promise<number> {
    const kit = await this.kits.of(shape);
    const { gpu, rows } = this;
    const { device } = gpu;
    const { buffers, segmentTiles } = kit;
    const { count } = singleLayout(shape);
    const recorder = new Recorder(gpu, signal);
    device.queue.writeBuffer(buffers.model, 0, packModel(model));
    for (const [index, pass] of kit.passes.entries()) {
      const { x, v } = await rows.buffersOf(index, recorder);
      const bindings = [passBinding(buffers.passes), x, v, buffers.model, buffers.sums];
      const bound = bind(device, kit.single, bindings);
      dispatch(recorder.compute, bound, pass.slot, Math.ceil(pass.tiles / segmentTiles), gpu);
      await recorder.recorded(pass.rows * 4 * count);
      if (rows.chunks[index].host) recorder.submit();
    }
    const totals = bind(device, kit.total, [{ buffer: buffers.sizes, size: 16 }, buffers.sums, buffers.totals]);
    dispatch(recorder.compute, totals, 0, count, gpu);
    const bytes = 16 * TOTALS * count;
    recorder.commands.copyBufferToBuffer(buffers.totals, 0, buffers.readback, 0, bytes);
    recorder.submit();
    const read = new Float32Array(await readBuffer(gpu, buffers.readback, bytes));
    recorder.done();
    return unpack(read, shape, into);
  }

  dispose(): void {
    this.kits.dispose();
  }

  private async makeKit(shape: SingleShape, own: Owned): Promise<Kit> {
    const { gpu, rows } = this;
    const { device } = gpu;
    const { count } = singleLayout(shape);
    const segmentTiles = SEGMENT_TILES * Math.ceil(rows.tiles / (SEGMENT_TILES * MOST_SEGMENTS));
    const [single, total] = await Promise.all([
      programOf(device, singleProgram(shape, segmentTiles)),
      programOf(device, totalProgram),
    ]);
    let segments = 0;
    // A pass is a whole chunk; where its segments begin among all stands in place of its first tile among all.
    const passes = passesOf(rows.chunks, rows.chunks[0].tiles * TILE_ROWS).map(([pass]) => {
      const first = segments;
      segments += Math.ceil(pass.tiles / segmentTiles);
      return { ...pass, firstTileOfAll: first };
    });
    const slots = passSlots([passes]);
    const buffers = await own.make({
      model: [4 * modelSize(shape), STORAGE],
      sums: [4 * count * segments, STORAGE],
      totals: [16 * TOTALS * count, STORAGE],
      readback: [16 * TOTALS * count, USAGE.mapRead | USAGE.copyTarget],
      passes: [PASS_SLOT * slots.length, UNIFORMS],
      sizes: [PASS_SLOT, UNIFORMS],
    } as const);
    writeSlots(device, buffers.passes, slots);
    writeSlots(device, buffers.sizes, [[segments, count, 0]]);
    return { single, total, passes, segmentTiles, buffers };
  }
}

/** Adds what was read, `[count, 64]` quads of (high, low, 0, 0); returns the objective's sum. */
function unpack(read: Float32Array, shape: SingleShape, into: SweepArrays): number {
  const { form, k, d, coupling } = shape;
  const layout = singleLayout(shape);
  const sum = (index: number): number => {
    let total = 0;
    for (let at = 4 * TOTALS * index; at < 4 * TOTALS * (index + 1); at += 4) total += read[at] + read[at + 1];
    return total;
  };
  const triangle = (from: number, size: number, to: Float64Array): void => {
    for (let j = 0, at = from; j < size; j++) {
      for (let l = 0; l <= j; l++, at++) {
        const value = sum(at);
        to[j * size + l] += value;
        if (l < j) to[l * size + j] += value;
      }
    }
  };
  for (let c = 0; c < k; c++) into.mass[c] += sum(1 + c);
  for (let at = 0; at < k * d; at++) into.first[at] += sum(layout.first + at);
  for (let c = 0; c < (form === 'tied' ? 1 : k); c++) {
    const from = layout.second + c * layout.secondSize;
    if (isMatrix(form)) triangle(from, d, into.second.subarray(c * d * d, (c + 1) * d * d));
    else for (let j = 0; j < d; j++) into.second[c * d + j] += sum(from + j);
  }
  if (coupling && into.coupling) triangle(layout.coupling, k, into.coupling);
  return sum(0);
}
