/** Sums over the rows of lines of a plan's buffer, as they are. */
import { splitsFor, type GeometryLimits, type SumGeometry } from './geometry.js';
import { TILE_QUADS, TILE_ROWS } from './layout.js';
import type { ProgramCode } from './program.js';
import { splitOf, sumDeclarations } from './sums.wgsl.js';

/** How sums of so many lines are spread over workgroups: each has one line. */
export function lineGeometry(lines: number, limits: GeometryLimits): SumGeometry {
  const splits = splitsFor(lines, 32 * lines, limits);
  return {
    ...{ units: lines, count: 1, splits, lanes: 1 },
    ...{ workgroup: TILE_QUADS, rows: TILE_ROWS },
    groups: lines,
    partials: splits,
  };
}

/** A quad of sums of each line. Each invocation adds every 64th quad of a block; their sums are added as a tree. */
export function lineSumsProgram(geometry: SumGeometry): ProgramCode {
  const { units, workgroup } = geometry;
  return {
    label: `sums of ${units} lines`,
    bindings: ['uniform', 'read', 'write'],
    code: /* wgsl */ `
@group(0) @binding(1) var<storage, read> plan: array<vec4f>; // [lines, tiles of the pass, 64]
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
${sumDeclarations(geometry)}
var<workgroup> shares: array<vec4f, ${workgroup}>;
@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  ${splitOf(geometry)}
  let line = part;
  for (var block = firstBlock; block < blocks; block += SPLITS) {
    var sum = vec4f(0.0);
    let end = min((block + 1u) * 256u, stride);
    for (var quad = block * 256u + t; quad < end; quad += ${workgroup}u) { sum += plan[line * stride + quad]; }
    shares[t] = sum;
    for (var half = ${workgroup / 2}u; half > 0u; half = half / 2u) {
      workgroupBarrier();
      if (t < half) { shares[t] += shares[t + half]; }
    }
    if (t == 0u) { flush(split * ${units}u + line, shares[0]); }
    workgroupBarrier();
  }
}`,
  };
}
