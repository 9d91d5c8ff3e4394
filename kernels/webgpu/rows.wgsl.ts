/** How kernels read rows, whatever format these are kept in. */

/**
 * In which format a GPU holds rows; kernels compute in float32 in both.
 * - `float32`: 24 binary digits of a value's distance from the middle of its column.
 * - `float16`: 11 of them in half the memory, by WebGPU, of Gaussian and Student-t components. The error is 2⁻¹¹ of that
 *   distance at the most. A fit is refused where a component is narrower than ten times 2⁻¹² of its distance.
 */
export type RowFormat = 'float32' | 'float16';

/** Bytes of a number of a row. */
export const bytesOf = (format: RowFormat): number => (format === 'float16' ? 2 : 4);

/** WGSL: rows as binding 1, tiles `[tiles, columns, 64]` of quads of rows. `unpack2x16float` needs no feature of a device. */
export function rowsBinding(format: RowFormat): string {
  if (format === 'float32') return '@group(0) @binding(1) var<storage, read> x: array<vec4f>;';
  return /* wgsl */ `@group(0) @binding(1) var<storage, read> x: array<vec2u>;
fn rowsAt(at: u32) -> vec4f {
  let packed = x[at];
  return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
}`;
}

/** WGSL: the quad of rows at an address, WGSL too. */
export const rowsAt = (format: RowFormat, address: string): string =>
  format === 'float32' ? `x[${address}]` : `rowsAt(${address})`;
