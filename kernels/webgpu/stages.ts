/** The sums of a sweep: each a program over the plan of a pass, partials on the device, and their sum at the end. */
import { STORAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { scatterGeometry, type SumGeometry } from './geometry.js';
import type { Owned } from './pipelines.js';
import { modelLayout } from './layout.js';
import { levelsGeometry } from './levels-geometry.js';
import { levelsProgram } from './levels.wgsl.js';
import { lineGeometry, lineSumsProgram } from './line-sums.wgsl.js';
import { linearGeometry } from './linear-geometry.js';
import { entriesOf, linearLayout } from './linear-layout.js';
import { linearSumsProgram } from './linear-sums.wgsl.js';
import type { GpuShape } from './model.js';
import { programOf, type Program } from './program.js';
import { mostSide } from './registers.js';
import { couplingProgram } from './scatter.wgsl.js';
import { addLines, addScatters, sumsSize, type MomentArrays } from './unpack.js';
import { addLevels, addStatistics } from './unpack-linear.js';
import type { PassRows } from './whitening.js';

/** What the sums of a sweep are added to. */
export interface SweepArrays extends MomentArrays {
  /** Σ a r rᵀ `[k, k]`, if asked for. */
  readonly coupling?: Float64Array | undefined;
  /** Σ a r t `[k, width]` of a linear term. */
  readonly linear?: Float64Array | undefined;
  /** Σ P u and Σ P (log u − u + 1), `[k]` each, of a Student-t term. */
  readonly radial?: { readonly weight: Float64Array; readonly logarithm: Float64Array } | undefined;
}

export interface SumStage {
  readonly program: Program;
  readonly geometry: SumGeometry;
  /** Partials `[partials, units, count]`, quads in two floats. */
  readonly partial: GPUBuffer;
  /** What adds them up, step by step. */
  readonly reductions: readonly Reduction[];
  /** Their sum `[units, count]`, likewise. */
  readonly reduced: GPUBuffer;
  /** What the program reads and writes, after the uniforms. */
  bindings(rows: PassRows, model: GPUBuffer, plan: GPUBuffer): GPUBuffer[];
  /** Adds the sums that were read back. */
  add(sums: Float32Array, into: SweepArrays): void;
}

/** Sums `[partials, count]` of quads in two floats to `[count]`. */
export interface Reduction {
  readonly from: GPUBuffer;
  readonly to: GPUBuffer;
  readonly partials: number;
  readonly count: number;
}

/** A stage but for the buffers of its sums. */
export type StageParts = Pick<SumStage, 'geometry' | 'program' | 'add'> & {
  readonly inputs: (rows: PassRows, model: GPUBuffer, plan: GPUBuffer) => GPUBuffer[];
};

/** Σ P and Σ P (log u − u + 1) of a Student-t term: line by line of the plan's buffer. */
export async function radialStage(gpu: Gpu, { k }: GpuShape, own: Owned): Promise<SumStage> {
  const geometry = lineGeometry(2 * k, gpu.limits);
  const program = await programOf(gpu.device, lineSumsProgram(geometry));
  return withBuffers(own, {
    geometry,
    program,
    inputs: (_rows, _model, plan) => [plan],
    add(sums, { mass, radial }) {
      addLines(sums, 0, mass);
      if (radial) addLines(sums, k, radial.logarithm);
    },
  });
}

/** Σ a r t of a model's linear term, and the masses where it has no other: of columns of many levels by themselves. */
export async function linearStages(gpu: Gpu, shape: GpuShape, own: Owned): Promise<SumStage[]> {
  const layout = linearLayout(shape);
  if (!layout) return [];
  const { wide, ranges } = layout;
  const { columns } = modelLayout(shape);
  const { k } = shape;
  const inputs: StageParts['inputs'] = ({ x }, model, plan) => [x, model, plan];
  const stages: SumStage[] = [];
  if (wide > 0) {
    const geometry = linearGeometry(wide, k, gpu.limits);
    const entries = entriesOf(shape);
    const program = await programOf(gpu.device, linearSumsProgram(layout, columns, k, geometry));
    const add: SumStage['add'] = (sums, into) => addStatistics(sums, geometry, entries, into);
    stages.push(await withBuffers(own, { geometry, program, inputs, add }, 2));
  }
  if (ranges.length > 0) {
    const geometry = levelsGeometry(ranges, k, gpu.limits);
    const program = await programOf(gpu.device, levelsProgram(layout, columns, k, geometry));
    const add: SumStage['add'] = (sums, into) => addLevels(sums, geometry, ranges, into);
    stages.push(await withBuffers(own, { geometry, program, inputs, add }));
  }
  return stages;
}

/** Σ a r rᵀ over the rows. */
export async function couplingStage(gpu: Gpu, k: number, own: Owned): Promise<SumStage> {
  const geometry = scatterGeometry(k, 1, gpu.limits, mostSide(gpu.adapter));
  const program = await programOf(gpu.device, couplingProgram(k, geometry));
  const none = new Float64Array();
  return withBuffers(own, {
    geometry,
    program,
    inputs: ({ v }, _model, plan) => [v, plan],
    add(sums, { coupling }) {
      if (coupling) addScatters(sums, geometry, k, { mass: none, first: none, second: coupling });
    },
  });
}

/**
 * Partials are added up in one step; in two, over the splits first and then over the invocations that share sums, it is
 * faster where those are many.
 */
export async function withBuffers(own: Owned, { inputs, ...parts }: StageParts, steps: 1 | 2 = 1): Promise<SumStage> {
  const { units, count: each, partials, splits, lanes } = parts.geometry;
  const count = units * each;
  const bytes = 4 * sumsSize(parts.geometry);
  const { partial, reduced } = await own.make({
    partial: [bytes * partials, STORAGE],
    reduced: [bytes, STORAGE],
  } as const);
  const made = {
    ...parts,
    partial,
    reduced,
    bindings: (...from: Parameters<typeof inputs>) => [...inputs(...from), partial],
  };
  if (steps === 1 || lanes === 1) return { ...made, reductions: [{ from: partial, to: reduced, partials, count }] };
  const { between } = await own.make({ between: [bytes * lanes, STORAGE] } as const);
  const reductions = [
    { from: partial, to: between, partials: splits, count: lanes * count },
    { from: between, to: reduced, partials: lanes, count },
  ];
  return { ...made, reductions };
}
