/** What sweeps of one kind by passes need: programs, buffers, and how rows are cut. */
import { operationsPerRow } from '../form.js';
import { STORAGE, UNIFORMS } from './buffers.js';
import type { Gpu } from './device.js';
import { GpuError } from './error.js';
import { workgroupsFor } from './geometry.js';
import { BLOCK_ROWS, modelLayout, passLines, planLines, TILE_QUADS, TILE_ROWS } from './layout.js';
import { linearPass, type LinearPass } from './linear-pass.js';
import { operationsOf, type GpuShape, type MomentFrame } from './model.js';
import { momentStages, type Trial } from './moment-stages.js';
import { momentCuts, type MomentCut } from './moments-geometry.js';
import type { GpuSweepOptions, Speedup } from './options.js';
import { modelSize } from './pack.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { Owned } from './pipelines.js';
import { planProgram } from './plan.wgsl.js';
import { programOf, type Program } from './program.js';
import { columnsHeld } from './registers.js';
import { makeReadbacks, type Readbacks } from './readback.js';
import { reduceProgram, totalProgram, TOTALS } from './reduce.wgsl.js';
import type { ResidentRows } from './resident.js';
import { dispatchOperations } from './speed.js';
import { couplingStage, linearStages, radialStage, type Reduction, type SumStage } from './stages.js';
import { sumsSize } from './unpack.js';
import { whiteningOf, type Whitening } from './whitening.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Bytes for the plan of one pass: most of it stays in a large GPU's second-level cache. */
const PLAN_BYTES = 2 ** 25;

/**
 * Operations of a sweep from which it pays to try how its moments are summed fastest: some milliseconds of a large GPU.
 */
const TUNE_FROM = 1e11;

/** What to compute, besides the numbers of a model. */
export interface SweepKind extends GpuShape {
  readonly hard: boolean;
  readonly coupling: boolean;
  readonly frame: MomentFrame;
}

type Inputs = { readonly [name in 'model' | 'plan' | 'objective' | 'totals' | 'passes']: GPUBuffer };

/** Everything that sweeps of one kind need, made once. */
export interface Pipelines {
  readonly kind: SweepKind;
  readonly rowsPerPass: number;
  readonly passes: readonly (readonly Pass[])[];
  readonly linear: LinearPass;
  readonly whitening: Whitening;
  readonly plan: Program;
  readonly reduce: Program;
  readonly total: Program;
  readonly stages: readonly SumStage[];
  readonly buffers: Inputs & { readonly sizes: GPUBuffer };
  readonly readbacks: Readbacks;
}

/** What they are made for. */
interface Place {
  readonly gpu: Gpu;
  readonly rows: ResidentRows;
  readonly options: GpuSweepOptions;
}

export async function makePipelines(place: Place, kind: SweepKind, own: Owned): Promise<Pipelines> {
  const { gpu, rows } = place;
  const { device } = gpu;
  const { k, hard } = kind;
  const { subgroups, subgroupSizes } = gpu.features;
  const { without } = place.options;
  const within = Math.max(...subgroupSizes) <= TILE_QUADS && without !== 'uniform slices';
  const rowsOfPass = rowsPerPass(gpu, kind);
  const planned = {
    layout: modelLayout(kind, columnsHeld(gpu.adapter)),
    k,
    hard,
    subgroups,
    within,
    linear: kind.linear !== undefined,
  };
  const [linear, plan, reduce, total] = await Promise.all([
    linearPass(gpu, kind),
    programOf(device, planProgram(planned)),
    programOf(device, reduceProgram),
    programOf(device, totalProgram),
  ]);
  const passes = passesOf(rows.chunks, rowsOfPass);
  const longest = Math.max(...passes.flat().map(({ tiles }) => tiles));
  const slots = passSlots(passes);
  const inputs = await own.make({
    model: [4 * modelSize(kind), STORAGE],
    plan: [longest * TILE_ROWS * planLines(kind) * 4, STORAGE],
    objective: [4 * rows.tiles, STORAGE],
    totals: [16 * TOTALS, STORAGE],
    passes: [PASS_SLOT * slots.length, UNIFORMS],
  } as const);
  writeSlots(device, inputs.passes, slots);
  const whitening = await whiteningOf(gpu, kind, longest, own);
  const trial = isWorthTrials(place, kind) ? trialOn(place, inputs, passes[0][0], whitening) : undefined;
  const stages =
    kind.d > 0 ? [...(await momentStages(gpu, kind, { frame: kind.frame, cut: cutWithout(without), trial }, own))] : [];
  if (kind.radial) stages.push(await radialStage(gpu, kind, own));
  stages.push(...(await linearStages(gpu, kind, own)));
  if (kind.coupling) stages.push(await couplingStage(gpu, k, own));
  const readbacks = await makeReadbacks(own, readbackBytes(stages));
  const { sizes } = await own.make({ sizes: [PASS_SLOT * (1 + reductionsOf(stages).length), UNIFORMS] } as const);
  const buffers = { ...inputs, sizes };
  writeSlots(device, buffers.sizes, sizesOf(rows.tiles, stages));
  return { kind, rowsPerPass: rowsOfPass, passes, linear, whitening, plan, reduce, total, stages, buffers, readbacks };
}

function isWorthTrials({ rows, options: { tuneFrom = TUNE_FROM } }: Place, kind: SweepKind): boolean {
  return rows.n * operationsPerRow(kind) >= tuneFrom;
}

/** Runs stages on the first pass. Its plan is 0 as yet: what is summed takes as long. */
function trialOn({ gpu, rows }: Place, { model, plan, passes }: Inputs, pass: Pass, whitening: Whitening): Trial {
  return async (make) => {
    const chunk = whitening.rows(await rows.buffersOf(0));
    const own = new Owned(gpu);
    const stages = await make(own).catch((error: unknown) => {
      own.destroy(); // some may have been made
      throw error;
    });
    const bound = stages.map((stage) => ({
      bound: bind(gpu.device, stage.program, [passBinding(passes), ...stage.bindings(chunk, model, plan)]),
      groups: workgroupsFor(stage.geometry, pass.tiles),
    }));
    return {
      record: (encoder) => bound.forEach((one) => dispatch(encoder, one.bound, pass.slot, one.groups, gpu)),
      dispose: () => own.destroy(),
    };
  };
}

/**
 * Rows of which a plan of k columns fits a pass, and that a device sweeps in one dispatch's time: a multiple of 1024.
 */
export function rowsPerPass({ device, limits }: Gpu, kind: SweepKind): number {
  const binding = limits.maxStorageBufferBindingSize;
  const longest = Math.max(planLines(kind), kind.once ? kind.d : 0);
  const room = Math.min(PLAN_BYTES / passLines(kind), binding / longest) / 4;
  if (room < BLOCK_ROWS) {
    const bytes = Math.min(PLAN_BYTES, binding);
    throw new GpuError('memory', `the plan of ${BLOCK_ROWS} rows and ${kind.k} components exceeds ${bytes} bytes`);
  }
  const rows = Math.min(room, dispatchOperations(device) / operationsOf(kind));
  return BLOCK_ROWS * Math.max(1, Math.floor(rows / BLOCK_ROWS));
}

/** The cut of moments without a speed-up of theirs, if that is switched off. */
function cutWithout(without?: Speedup): MomentCut | undefined {
  return without === 'loads ahead' ? momentCuts[1] : without === 'tiles of 16 columns' ? momentCuts[2] : undefined;
}

/** Uniforms of the last sums: how many numbers and how many of each, in slots of their own. */
function sizesOf(tiles: number, stages: readonly SumStage[]): number[][] {
  return [[tiles, 1, 0], ...reductionsOf(stages).map(({ count, partials }) => [count, partials, 0])];
}

export const reductionsOf = (stages: readonly SumStage[]): Reduction[] =>
  stages.flatMap(({ reductions }) => reductions);

export function readbackBytes(stages: readonly SumStage[]): number {
  return stages.reduce((bytes, { geometry }) => bytes + 4 * sumsSize(geometry), 16 * TOTALS);
}
