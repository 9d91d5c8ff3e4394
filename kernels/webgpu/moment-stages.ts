/** The moments of a model's quadratic term: which programs sum them, and how these are cut. */
import { isMatrix } from '../form.js';
import type { Gpu } from './device.js';
import { diagonalProgram } from './diagonal.wgsl.js';
import { diagonalGeometry, scatterAlternatives, scatterGeometry, type ScatterGeometry } from './geometry.js';
import { modelLayout, type ModelLayout } from './layout.js';
import type { GpuShape, MomentFrame } from './model.js';
import { momentCuts, momentGeometries, usualCut, type MomentCut, type MomentGeometry } from './moments-geometry.js';
import { momentsProgram } from './moments.wgsl.js';
import type { Owned } from './pipelines.js';
import { programOf, type ProgramCode } from './program.js';
import { mostSide } from './registers.js';
import { averagesProgram, whitenedProgram } from './scatter.wgsl.js';
import { withBuffers, type StageParts, type SumStage, type SweepArrays } from './stages.js';
import { fastest, type Candidate } from './tune.js';
import { addDiagonals, addMomentTiles, addScatters, type MomentArrays } from './unpack.js';

/** Makes stages ready to be run by themselves, for their time. */
export type Trial = (make: (own: Owned) => Promise<readonly SumStage[]>) => Promise<Candidate>;

/** A program, and how its sums are spread and added. */
interface Part {
  readonly geometry: StageParts['geometry'];
  readonly code: ProgramCode;
  readonly inputs: StageParts['inputs'];
  readonly add: (sums: Float32Array, into: MomentArrays) => void;
}

export interface MomentChoice {
  readonly frame: MomentFrame;
  /** Instead of the usual one of the adapter, and of trials. */
  readonly cut?: MomentCut | undefined;
  /** Where given, the way that is fastest on it is taken. */
  readonly trial?: Trial | undefined;
}

/** The stages of a quadratic term's moments. */
export async function momentStages(
  gpu: Gpu,
  shape: GpuShape,
  { frame, cut, trial }: MomentChoice,
  own: Owned,
): Promise<readonly SumStage[]> {
  const ways = waysOf(gpu, shape, frame, cut);
  // One after the other: where one is refused, no other goes on to make buffers that nobody frees.
  const make = async (parts: readonly Part[], owner: Owned): Promise<readonly SumStage[]> => {
    const stages: SumStage[] = [];
    for (const part of parts) stages.push(await stageOf(gpu, part, owner));
    return stages;
  };
  if (!trial || cut) return make(ways[0], own);
  const candidates = ways.map((parts) => () => trial((owner) => make(parts, owner)));
  return make(ways[await fastest(gpu, `moments ${frame} d=${shape.d} k=${shape.k}`, candidates)], own);
}

/** Ways to the same bits, the usual one first: each one program or two. */
function waysOf(gpu: Gpu, shape: GpuShape, frame: MomentFrame, cut = usualCut(gpu.adapter)): (readonly Part[])[] {
  const layout = modelLayout(shape);
  const { form, d, k } = shape;
  if (shape.once) return [[diagonalPart(layout, k, gpu, false), averagesPart(d, gpu)]];
  if (!isMatrix(form)) return [[diagonalPart(layout, k, gpu)]];
  if (frame === 'differences') {
    const others = momentCuts.filter(
      ({ side, ahead }) => (side !== cut.side || ahead !== cut.ahead) && (d > 8 || side === 16), // one tile is one tile
    );
    const geometries = [cut, ...others].map((one) => momentGeometries(d, k, one, gpu.limits));
    return geometries.map((parts) => parts.map((geometry) => tilesPart(layout, k, geometry)));
  }
  const usual = scatterGeometry(d, k, gpu.limits, mostSide(gpu.adapter));
  return [usual, ...scatterAlternatives(d, usual, gpu.limits)].map((one) => [whitenedPart(layout, k, one)]);
}

const ofRows: Part['inputs'] = ({ y }, model, plan) => [y, model, plan];

function diagonalPart(layout: ModelLayout, k: number, { limits }: Gpu, seconds = true): Part {
  const { d } = layout;
  const geometry = diagonalGeometry(d, k, limits, seconds);
  const code = diagonalProgram(layout, k, geometry);
  return { geometry, code, inputs: ofRows, add: (sums, into) => addDiagonals(sums, geometry, d, into) };
}

function averagesPart(d: number, { limits, adapter }: Gpu): Part {
  const geometry = scatterGeometry(d, 1, limits, mostSide(adapter));
  const code = averagesProgram(d, geometry);
  const none = new Float64Array();
  const add: Part['add'] = (sums, { second }) => addScatters(sums, geometry, d, { mass: none, first: none, second });
  return { geometry, code, inputs: ({ averages, v }) => [averages, v], add };
}

function tilesPart(layout: ModelLayout, k: number, geometry: MomentGeometry): Part {
  const code = momentsProgram(layout, k, geometry);
  return { geometry, code, inputs: ofRows, add: (sums, into) => addMomentTiles(sums, geometry, layout.d, into) };
}

function whitenedPart(layout: ModelLayout, k: number, geometry: ScatterGeometry): Part {
  const code = whitenedProgram(layout, k, geometry);
  return { geometry, code, inputs: ofRows, add: (sums, into) => addScatters(sums, geometry, layout.d, into) };
}

async function stageOf(gpu: Gpu, { geometry, code, inputs, add }: Part, own: Owned): Promise<SumStage> {
  const program = await programOf(gpu.device, code);
  return withBuffers(own, { geometry, program, inputs, add: (sums, into) => add(sums, weighted(into)) });
}

/** Moments of a Student-t term are weighted by P u: what they have of masses is Σ P u. */
function weighted({ mass, radial, ...moments }: SweepArrays): MomentArrays {
  return { ...moments, mass: radial ? radial.weight : mass };
}
