import type { ComponentBlock } from '../../families/components.js';
import type { Levels } from '../../families/family.js';
import type { OnnxGraph, Value } from './onnx-graph.js';

/**
 * Adds the log-densities of a block of components to a graph: of rows of the block's columns `[n, m]`, which have these levels
 * `[m]`, answers log p(x | θ_k), `[n, k]`, nats. Rows outside the family's domain get NaN or −∞.
 */
export type Terms = (
  graph: OnnxGraph,
  x: Value,
  block: ComponentBlock,
  levels: readonly (Levels | undefined)[],
) => Value;
