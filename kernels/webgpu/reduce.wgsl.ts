/** The last sums on the device: of partials, and of what every tile of rows gave. Both end in two floats a number. */
import { TWO_SUM } from './arithmetic.wgsl.js';
import { GROUP_INDEX } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';

const UNIFORMS = /* wgsl */ `
struct Sizes { count: u32, partials: u32, zero: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;`;

/** Partials `[partials, count]` to their sum `[count]`, in quads, high and low parts in turn. */
export const reduceProgram: ProgramCode = {
  label: 'reduce partials',
  bindings: ['uniform', 'read', 'write'],
  code: /* wgsl */ `
${UNIFORMS}
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;
${GROUP_INDEX}
${TWO_SUM}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  let at = groupIndex(id, gridSize) * 64u + t;
  if (at >= sizes.count) { return; }
  var sum = Sum(vec4f(0.0), vec4f(0.0));
  for (var i = 0u; i < sizes.partials; i++) {
    let place = 2u * (i * sizes.count + at);
    sum = plus(sum, partial[place], sizes.zero);
    sum.low += partial[place + 1u];
  }
  sums[2u * at] = sum.high;
  sums[2u * at + 1u] = sum.low;
}`,
};

/** Sums that are left of a row of floats, for the host to add. */
export const TOTALS = 64;

/** Rows of `count` floats, one row a workgroup, to 64 sums each: quads of (high, low, 0, 0). */
export const totalProgram: ProgramCode = {
  label: 'total of tiles',
  bindings: ['uniform', 'read', 'write'],
  code: /* wgsl */ `
${UNIFORMS}
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;
${GROUP_INDEX}
${TWO_SUM}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  let row = groupIndex(id, gridSize);
  if (row >= sizes.partials) { return; }
  var sum = Sum(vec4f(0.0), vec4f(0.0));
  for (var i = t; i < sizes.count; i += 64u) { sum = plus(sum, vec4f(values[row * sizes.count + i]), sizes.zero); }
  sums[row * 64u + t] = vec4f(sum.high.x, sum.low.x, 0.0, 0.0);
}`,
};
