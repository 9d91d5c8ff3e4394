import { ABSENT, FAR, LEAST_EXPONENT, type PointMetric } from './costs.js';
import { groupIndex } from './program.wgsl.js';

/** Rows of a workgroup, one to a lane, and how many lanes share a row, each with points of its own. */
export const ROWS = 32;
const SLOTS = 8;
export const LANES = ROWS * SLOTS;
/** Points of y that a lane meets at a time. */
const STEP = 4;
/** Points of y in workgroup memory at the most, and vec4s of their coordinates: 8 KiB. */
const MOST_POINTS = 128;
const MOST_VECTORS = 512;

/** What is baked into a shader. */
export interface PairLayout {
  readonly metric: PointMetric;
  readonly d: number;
  /** Coordinates that are in workgroup memory at a time, in vec4s, and how often to fill it for all d. */
  readonly vectors: number;
  readonly chunks: number;
  /** Points of y in workgroup memory. */
  readonly points: number;
}

export function pairLayout(metric: PointMetric, d: number): PairLayout {
  const most = MOST_VECTORS / (SLOTS * STEP);
  const vectors = Math.min(Math.ceil(d / 4), most);
  const chunks = Math.ceil(d / (4 * vectors));
  // Several steps to a tile only where all coordinates are there at once.
  const steps = chunks > 1 ? 1 : Math.min(Math.floor(most / vectors), MOST_POINTS / (SLOTS * STEP));
  return { metric, d, vectors, chunks, points: steps * SLOTS * STEP };
}

/** Constants, workgroup memory and functions that `place` and `overPoints` need. */
export function declarations({ d, vectors, chunks, points }: PairLayout): string {
  return `
    const D = ${d}u;
    const ROWS = ${ROWS}u;
    const SLOTS = ${SLOTS}u;
    const POINTS = ${points}u;
    const VECTORS = ${vectors}u;
    const CHUNKS = ${chunks}u;
    const ABSENT = ${float(ABSENT)};
    const FAR = ${float(FAR)};
    var<workgroup> tile : array<vec4<f32>, POINTS * VECTORS>;
    var<workgroup> offsetTile : array<f32, POINTS>;
    ${groupIndex}

    fn term(lowered : vec4<f32>) -> vec4<f32> {
      let epsilon = uniforms.epsilon;
      return exp(max(lowered, vec4<f32>(${float(LEAST_EXPONENT)} * epsilon)) / epsilon);
    }

    // Coordinates 4v to 4v + 3 of the row that begins at start, 0 beyond D
    fn ofX(start : u32, v : u32) -> vec4<f32> {
      var coordinates = vec4<f32>(0.0);
      for (var c = 0u; c < 4u; c++) { if (4u * v + c < D) { coordinates[c] = x[start + 4u * v + c]; } }
      return coordinates;
    }

    fn ofY(start : u32, v : u32) -> vec4<f32> {
      var coordinates = vec4<f32>(0.0);
      for (var c = 0u; c < 4u; c++) { if (4u * v + c < D) { coordinates[c] = y[start + 4u * v + c]; } }
      return coordinates;
    }
  `;
}

/** Which row a lane has. Surplus groups of a dispatch in two dimensions, and rows beyond the last, repeat another's. */
export const place = `
      let n = u32(uniforms.xShape.y);
      let m = u32(uniforms.yShape.y);
      let tiles = (n + ROWS - 1u) / ROWS;
      let lane = localIndex % ROWS;
      let slot = localIndex / ROWS;
      let batch = min(group / tiles, u32(uniforms.xShape.x) - 1u);
      let inside = group / tiles == batch && group % tiles * ROWS + lane < n;
      let row = min(group % tiles * ROWS + lane, n - 1u);
      let start = (batch * n + row) * D;`;

/**
 * Runs `body` for every four points: `costs` and `gaps` are theirs, `own` the first one's place in the tile. Sums of a
 * tile are added to those of all, so that none runs over many terms.
 */
export function overPoints(layout: PairLayout, load: string, body: string, begin: string, end: string): string {
  const { vectors, chunks } = layout;
  const single = chunks === 1;
  const numbers = Array.from({ length: vectors }, (_, v) => v);
  return `
      ${single ? numbers.map((v) => `let x${v} = ofX(start, ${v}u);`).join('\n      ') : ''}
      for (var first = 0u; first < m; first += POINTS) {
        workgroupBarrier(); // until all are done with the tile before
        for (var at = localIndex; at < POINTS; at += ${LANES}u) {
          offsetTile[at] = -FAR;
          if (first + at < m) { offsetTile[at] = offsets[batch * m + first + at]; }
        }
        ${load}
        ${begin}
        ${single ? fill('0u') : ''}
        ${single ? `for (var own = slot * ${STEP}u; own < POINTS; own += SLOTS * ${STEP}u)` : ''} {
          ${single ? '' : `let own = slot * ${STEP}u; // a loop would keep the barriers from being uniform`}
          var costs = vec4<f32>(0.0);
          for (var chunk = 0u; chunk < CHUNKS; chunk++) {
            ${single ? '' : fill('chunk')}
            ${numbers.map((v) => addCosts(layout, v)).join('')}
          }
          let own_offsets = vec4<f32>(offsetTile[own], offsetTile[own + 1u], offsetTile[own + 2u], offsetTile[own + 3u]);
          let absent = (costs >= vec4<f32>(ABSENT)) | (own_offsets <= vec4<f32>(-ABSENT));
          let gaps = select(costs - own_offsets, vec4<f32>(FAR), absent);
          ${body}
        }
        ${end}
      }`;
}

/** Copies the points of a tile, or a chunk of their coordinates, into workgroup memory. */
const fill = (chunk: string): string => `
        workgroupBarrier();
        for (var at = localIndex; at < POINTS * VECTORS; at += ${LANES}u) {
          let point = min(first + at / VECTORS, m - 1u);
          tile[at] = ofY((batch * m + point) * D, ${chunk} * VECTORS + at % VECTORS);
        }
        workgroupBarrier();`;

/** Adds what vector v of the coordinates contributes to four costs. */
function addCosts({ metric, chunks }: PairLayout, v: number): string {
  const coordinates = chunks === 1 ? `x${v}` : `ofX(start, chunk * VECTORS + ${v}u)`;
  const point = (s: number): string => `tile[(own + ${s}u) * VECTORS + ${v}u]`;
  const steps = [0, 1, 2, 3];
  if (metric === 'dot') {
    const products = steps.map((s) => `dot(c${v}, ${point(s)})`).join(', ');
    return `
            let c${v} = ${coordinates};
            costs += vec4<f32>(${products});`;
  }
  return `
            let c${v} = ${coordinates};
            ${steps.map((s) => `let d${v}_${s} = c${v} - ${point(s)};`).join('\n            ')}
            costs += vec4<f32>(${steps.map((s) => `dot(d${v}_${s}, d${v}_${s})`).join(', ')});`;
}

/** A WGSL literal. */
function float(value: number): string {
  return `${value.toExponential()}f`;
}
