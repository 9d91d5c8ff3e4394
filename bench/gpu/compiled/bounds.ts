/**
 * What part of the peak of multiply-adds a kernel can reach by what is counted in its machine code. Useful are
 * (d + 1)(d + 2) / 2 multiply-adds a row and component, or 2d where columns are measured one by one, as tied components do
 * once rows are whitened. Nothing is timed: waits for memory, caches and clocks are in none of it.
 */
import type { CovarianceForm } from '../../../kernels/form.js';
import { BLOCK_ROWS, COMPONENT_STEP, quads } from '../../../kernels/webgpu/layout.js';
import type { MomentGeometry } from '../../../kernels/webgpu/moments-geometry.js';
import type { RowFormat } from '../../../kernels/webgpu/rows.wgsl.js';
import { holds, slotsOf, type Loop } from './machine-code.js';

export interface Size {
  readonly form: CovarianceForm;
  readonly d: number;
  readonly k: number;
  /** The format of rows; default float32. */
  readonly rows?: RowFormat;
}

/** Bounds as parts of the peak. */
export interface Bounds {
  readonly rdna2: number;
  readonly rdna3: number;
}

/** Lanes of a wave, which Dawn asks RADV for. */
const WAVE = 64;

const usefulOf = ({ form, d }: Size): number => (form === 'full' ? ((d + 1) * (d + 2)) / 2 : 2 * d);

/** Those of a plan: slots of one component and a lane's four rows. Undefined where loops are none that are known. */
export function planBounds(size: Size, loops: readonly Loop[]): Bounds | undefined {
  const { form, d } = size;
  const matrix = form === 'full';
  const [main] = loops;
  const exponentials = loops.filter(({ depth, begin }) => depth === 0 && begin > main.end);
  if (exponentials.length === 0) return undefined;
  // Rounds of the loops inside (logits.wgsl.ts): blocks of eight columns and quads before each, or quads of columns.
  const blocks = Math.ceil(d / 8);
  const rounds = matrix ? [1, blocks, blocks * (blocks - 1)] : [1, Math.floor(d / 4)];
  const inside = loops.filter((loop) => holds(main, loop));
  const bound = (kind: keyof Bounds, peak: number): number => {
    const sum = (some: readonly Loop[]): number =>
      some.reduce((slots, { depth, counts }) => slots + rounds[depth] * slotsOf[kind](counts), 0);
    const slots = sum(inside) / (matrix ? 1 : COMPONENT_STEP) + sum(exponentials);
    return (4 * usefulOf(size)) / slots / peak;
  };
  return { rdna2: bound('rdna2', 1), rdna3: bound('rdna3', 1) };
}

/** A program of moments that are matrices: how it is cut, and its loops. */
export interface MomentsCompiled {
  readonly geometry: MomentGeometry;
  readonly loops: readonly Loop[];
}

/**
 * Those of moments that are matrices: slots in which lanes sum a block of 1024 rows, tile by tile. Outermost is the loop over
 * blocks, whose own code begins and ends their sums; then rounds that stage rows; then quads of rows that are added.
 */
export function momentBounds(size: Size, programs: readonly MomentsCompiled[]): Bounds | undefined {
  if (programs.some(({ loops }) => loops.length < 2 || loops[1].depth !== 1)) return undefined;
  const [{ components }] = programs.map(({ geometry }) => geometry);
  const groups = Math.ceil(size.k / components);
  const bound = (kind: keyof Bounds): number => {
    const slots = programs.reduce((sum, { geometry, loops }) => {
      const [block, stage] = loops;
      const add = loops.at(2);
      const { rows, shares, workgroup, tiles } = geometry;
      const unrolled = add?.depth !== 2; // so short a loop that the compiler has written it out
      const added = unrolled ? 0 : (rows / 4 / shares) * slotsOf[kind](add.counts);
      const round = slotsOf[kind](stage.counts) + added;
      const ofBlock = slotsOf[kind](block.counts) + (BLOCK_ROWS / rows) * round;
      return sum + tiles * groups * Math.ceil(workgroup / WAVE) * WAVE * ofBlock;
    }, 0);
    return (usefulOf(size) * size.k * BLOCK_ROWS) / slots;
  };
  return { rdna2: bound('rdna2'), rdna3: bound('rdna3') };
}

/** Those of moments column by column: slots of a row's add, of four components and four columns. */
export function diagonalBounds(size: Size, loops: readonly Loop[]): Bounds | undefined {
  const add = loops.find(({ counts, depth }) => depth > 1 && counts.fma >= 16);
  if (!add) return undefined;
  const useful = (32 * size.d) / (4 * quads(size.d)) / (add.counts.fma / 16);
  return { rdna2: useful / slotsOf.rdna2(add.counts), rdna3: useful / slotsOf.rdna3(add.counts) };
}
