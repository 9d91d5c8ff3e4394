/**
 * A pass: as many consecutive tiles of one chunk of rows as the plan's buffer has room for.
 * Its kernels share this geometry.
 */
export const PASS = /* wgsl */ `
struct Pass {
  firstTile: u32,   // in its chunk
  tiles: u32,
  firstTileOfAll: u32,
  firstBlock: u32,  // of 1024 rows, of all: decides who sums it, whatever the size of passes
  zero: u32,        // 0, which no compiler knows
}`;

/** Length of a pass's uniforms, and of the slot it has in a buffer of many, bytes. */
export const PASS_WORDS = 5;
export const PASS_SLOT = 256;

/** The index of a workgroup, whose grid may have two dimensions since one is too short. */
export const GROUP_INDEX = /* wgsl */ `
fn groupIndex(id: vec3u, count: vec3u) -> u32 { return id.y * count.x + id.x; }`;
