/** Functions that ONNX has no operator for, made of those that it has. */
import type { OnnxGraph, Value } from './onnx-graph.js';

/** Steps of Γ(x + 1) = x Γ(x) to where the series begins, and terms B_{2n}/(2n (2n − 1)) of it: DLMF 5.11.1. */
const STEPS = 10;
const SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188] as const;

/** log Γ(x), x > 0; in float64 to 1e-13 of the larger of x log x and 1. */
export function logGammaOf(graph: OnnxGraph, x: Value): Value {
  const of = (type: string, ...inputs: Value[]): Value => graph.op(type, inputs);
  const plus = (step: number): Value => of('Add', x, graph.scalar(step));
  let product = x;
  for (let step = 1; step < STEPS; step++) product = of('Mul', product, plus(step));
  const y = plus(STEPS);
  const inverse = of('Reciprocal', y);
  const square = of('Mul', inverse, inverse);
  let series = graph.scalar(SERIES[SERIES.length - 1]);
  for (const term of SERIES.slice(0, -1).reverse()) series = of('Add', of('Mul', series, square), graph.scalar(term));
  const main = of('Sub', of('Mul', of('Sub', y, graph.scalar(0.5)), of('Log', y)), y);
  const rest = of('Add', of('Mul', series, inverse), graph.scalar(Math.log(2 * Math.PI) / 2));
  return of('Sub', of('Add', main, rest), of('Log', product));
}

/** log x!. */
export function logFactorialOf(graph: OnnxGraph, x: Value): Value {
  return logGammaOf(graph, graph.op('Add', [x, graph.scalar(1)]));
}

/** log (1 + y), y ≥ 0, with the digits of small y: y log(u)/(u − 1) with u = 1 + y as it is rounded (Kahan; HP-15C, 1982). */
export function logOnePlus(graph: OnnxGraph, y: Value): Value {
  const one = graph.scalar(1);
  const u = graph.op('Add', [one, y]);
  const ratio = graph.op('Div', [graph.op('Log', [u]), graph.op('Sub', [u, one])]);
  const corrected = graph.op('Mul', [y, ratio]);
  const far = graph.op('Greater', [y, graph.scalar(1)]); // where y may be infinite, and nothing is lost
  const near = graph.op('Where', [graph.op('Equal', [u, one]), y, corrected]);
  return graph.op('Where', [far, graph.op('Log', [u]), near]);
}

/** Values where a condition holds, NaN elsewhere. */
export function where(graph: OnnxGraph, condition: Value, x: Value): Value {
  return graph.op('Where', [condition, x, graph.scalar(NaN)]);
}

/** Σ over an axis, which is left out or stays with size 1. */
export function sumOver(graph: OnnxGraph, x: Value, axis: number, keep = false): Value {
  return graph.op('ReduceSum', [x, graph.integers([axis])], { keepdims: keep ? 1 : 0 });
}
