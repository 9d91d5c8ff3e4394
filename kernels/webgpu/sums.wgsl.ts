/** What the kernels that sum over rows have in common: blocks of 1024 rows, and where their sums go. */
import { TWO_SUM } from './arithmetic.wgsl.js';
import type { SumGeometry } from './geometry.js';
import { TILE_QUADS } from './layout.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import { lanes } from './text.wgsl.js';

/** Row r of four quads of columns `<name>0 … <name>3`: those columns of one row, together. */
export const rowOf = (name: string, r: number): string =>
  `vec4f(${lanes.map((_, j) => `${name}${j}.${lanes[r]}`).join(', ')})`;

/** Uniforms, sums and what adds a block's sum to them in two floats; expects a binding `partial`. */
export function sumDeclarations({ rows, splits, lanes: sharing, count }: SumGeometry): string {
  return /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
${GROUP_INDEX}
${TWO_SUM}
const ROWS = ${rows}u;       // staged at once
const ROW_QUADS = ${rows / 4}u;
const SPLITS = ${splits}u;
const LANES = ${sharing}u;   // invocations that share a tile of sums
const COUNT = ${count}u;

fn flush(at: u32, block: vec4f) {
  let sum = plus(Sum(partial[2u * at], partial[2u * at + 1u]), block, pass_.zero);
  partial[2u * at] = sum.high;
  partial[2u * at + 1u] = sum.low;
}`;
}

/**
 * Which split is this workgroup's, and its first block in the pass; `part` is which of the workgroups of a split it is. There
 * are workgroups of splits that have rows of the pass alone, as many as {@link workgroupsFor} says.
 */
export function splitOf({ groups }: SumGeometry): string {
  return /* wgsl */ `
  let group = groupIndex(id, gridSize);
  let blocks = (pass_.tiles + 3u) / 4u;
  let splits = min(SPLITS, blocks);
  let part = group / splits;
  if (part >= ${groups}u) { return; }
  let firstBlock = group % splits;
  let split = (firstBlock + pass_.firstBlock) % SPLITS;
  let stride = pass_.tiles * ${TILE_QUADS}u;`;
}

/** The parts of a kernel that sums: statements, in the order in which they run. */
export interface Summing {
  readonly geometry: SumGeometry;
  /** Once: who this invocation is and what it sums. Declares `works` and `lane`; has `split`, `part`, `t` and `stride`. */
  readonly place: string;
  /** Before every block: sums of 0. */
  readonly clear: string;
  /** All invocations: rows from quad `begin` on into shared memory; or only what `load` has read of them. */
  readonly stage: string;
  /** All invocations: reads rows from quad `begin` on into variables, while others are still summed. */
  readonly load?: string;
  /** How those that work go over what is staged; all rows `i`, or those of this lane, where it is not said. */
  readonly loop?: string;
  /** Those that work, for staged row `i`. */
  readonly add: string;
  /** Those that work, after every block. */
  readonly flush: string;
  /** All invocations, after that. */
  readonly after?: string;
}

/** A kernel that stages rows, adds, and flushes after every block of 1024 rows of its split. */
export function summingMain({ geometry, place, clear, stage, load, loop, add, flush, after = '' }: Summing): string {
  // Where an invocation takes every row, compilers see that all of a workgroup take the same.
  const rows = loop ?? (geometry.lanes === 1 ? 'var i = 0u; i < ROWS; i++' : 'var i = lane; i < ROWS; i += LANES');
  const next = load ? `if (begin + ROW_QUADS < end) { let loaded = begin + ROW_QUADS; ${load} }` : '';
  return /* wgsl */ `
@compute @workgroup_size(${geometry.workgroup})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  ${splitOf(geometry)}
  ${place}
  for (var block = firstBlock; block < blocks; block += SPLITS) {
    ${clear}
    let end = min((block + 1u) * 256u, stride);
    ${load ? `{ let loaded = block * 256u; ${load} }` : ''}
    for (var begin = block * 256u; begin < end; begin += ROW_QUADS) {
      workgroupBarrier();
      ${stage}
      workgroupBarrier();
      ${next}
      if (works) {
        for (${rows}) {
          ${add}
        }
      }
    }
    if (works) {
      ${flush}
    }${after}
  }
}`;
}
