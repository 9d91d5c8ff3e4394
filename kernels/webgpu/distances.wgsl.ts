/**
 * The k-means++ step (Arthur & Vassilvitskii 2007, section 2.2): distances to the nearest of the
 * centres so far and each candidate.
 */
import { workgroupSum } from './arithmetic.wgsl.js';
import { quads, TILE_QUADS } from './layout.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { rowsAt, rowsBinding, type RowFormat } from './rows.wgsl.js';
import { each, lanes } from './text.wgsl.js';

export interface DistancesOptions {
  readonly d: number;
  readonly candidates: number;
  readonly keep: boolean;
  readonly subgroups: boolean;
  readonly rows: RowFormat;
}

/**
 * Sums of v · distance by candidate and tile; where `keep`, candidates join one after the other and distances are kept.
 */
export function distancesProgram({ d, candidates, keep, subgroups, rows }: DistancesOptions): ProgramCode {
  const wide = quads(d);
  const term = (quad: string, lane: number): string => {
    const at = `row + (4u * ${quad} + ${lane}u) * ${TILE_QUADS}u`;
    return `{ let z = (${rowsAt(rows, at)} - c.${lanes[lane]}) * s.${lanes[lane]}; q = fma(z, z, q); }`;
  };
  const step = (quad: string, width: number): string =>
    `{ let c = centres[${wide}u * (1u + candidate) + ${quad}]; let s = centres[${quad}];\n${each(width, (lane) => term(quad, lane))} }`;
  const whole = Math.floor(d / 4);
  return {
    label: `distances d=${d} candidates=${candidates}${keep ? ' keep' : ''}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write', 'write'],
    code: /* wgsl */ `${subgroups ? 'enable subgroups;' : ''}
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
${rowsBinding(rows)}
@group(0) @binding(2) var<storage, read> v: array<vec4f>;               // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read> centres: array<vec4f>;         // metric, then candidates, each filled up to quads
@group(0) @binding(4) var<storage, read_write> nearest: array<vec4f>;   // [tiles, 64]
@group(0) @binding(5) var<storage, read_write> potentials: array<f32>;  // [candidates, all tiles]
${GROUP_INDEX}
${workgroupSum(TILE_QUADS, subgroups)}
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) lane: u32${
      subgroups ? ',\n  @builtin(subgroup_invocation_id) invocation: u32, @builtin(subgroup_size) subgroup: u32' : ''
    }) {
  let tile = groupIndex(id, gridSize);
  if (tile >= pass_.tiles) { return; }
  let quad = (pass_.firstTile + tile) * ${TILE_QUADS}u + lane;
  let row = (pass_.firstTile + tile) * ${d * TILE_QUADS}u + lane;
  let weight = v[quad];
  var before = nearest[quad];
  let allTiles = arrayLength(&potentials) / ${candidates}u;
  for (var candidate = 0u; candidate < ${candidates}u; candidate++) {
    var q = vec4f(0.0);
    for (var i = 0u; i < ${whole}u; i++) ${step('i', 4)}
    ${d % 4 === 0 ? '' : step(`${whole}u`, d % 4)}
    q = min(q, before);
    ${keep ? 'before = q;' : ''}
    let sum = workgroupSum(dot(q, weight), lane, ${subgroups ? 'invocation, subgroup' : '0u, 1u'});
    if (lane == 0u) { potentials[candidate * allTiles + pass_.firstTileOfAll + tile] = sum; }
  }
  ${keep ? 'nearest[quad] = before;' : ''}
}`,
  };
}
