/** The linear term in the kernel of small models: statistics in registers, levels as unit vectors. */
import { linearLayout } from './linear-layout.js';
import type { GpuShape } from './model.js';
import { lanes } from './text.wgsl.js';

/** Declares a row's statistics `t0, t1, …`, of its columns `x0, x1, …`. */
export function statistics({ d, linear }: GpuShape): string {
  if (!linear) return '';
  const { dense, levels } = linear;
  const values = [
    ...Array.from({ length: dense }, (_, j) => `x${d + j}`),
    ...levels.flatMap((count, j) => Array.from({ length: count }, (_, level) => hit(`x${d + dense + j}`, level))),
  ];
  return `${values.map((value, at) => `let t${at} = ${value};`).join('\n')}\n`;
}

const hit = (column: string, level: number): string => `select(vec4f(0.0), vec4f(1.0), ${column} == vec4f(${level}.0))`;

/** `logit` + 2 rate ⟨t, η⟩ of component c, of the model that begins at `at`. */
export function withProducts(shape: GpuShape, logit: string, c: number): string {
  const layout = linearLayout(shape);
  if (!layout) return logit;
  const products = linesOf(layout.dense, layout.levels).map((line, at) => {
    return `t${at} * model[at + ${layout.natural + line * layout.line + (c >> 2)}u].${lanes[c & 3]}`;
  });
  return `${logit} + 2.0 * model[at].x * (${products.join(' + ')})`;
}

/** The line of each statistic: that of level −1 is none. */
function linesOf(dense: number, levels: readonly number[]): number[] {
  const lines = Array.from({ length: dense }, (_, j) => j);
  let line = dense;
  for (const count of levels) {
    line++;
    for (let level = 0; level < count; level++) lines.push(line++);
  }
  return lines;
}
