/** What WGSL is put together from where it is written out index by index. */

/** The components of a vec4, by their place. */
export const lanes = ['x', 'y', 'z', 'w'] as const;

/** WGSL lines for every index below `count`. */
export function each(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}
