/** Families of exponential form as ONNX: ⟨T(x), η_k⟩ − A_k + log h(x), by one product with the statistics. */
import type { ComponentBlock } from '../../families/components.js';
import { logDirectionNormalizer } from '../../families/directions.js';
import { bernoulliDistribution } from '../../families/bernoulli.js';
import { betaDistribution } from '../../families/beta.js';
import { logOf, type ExponentialFamily } from '../../families/exponential-family.js';
import { exponentialDistribution } from '../../families/exponential.js';
import { gammaDistribution } from '../../families/gamma.js';
import { geometricDistribution } from '../../families/geometric.js';
import { poissonDistribution } from '../../families/poisson.js';
import type { OnnxGraph, Value } from './onnx-graph.js';
import { logFactorialOf, logGammaOf, sumOver, where } from './onnx-special.js';
import type { Terms } from './onnx-terms.js';

type Matrix = readonly (readonly number[])[];

/** What ONNX must be told of a distribution of one column. */
interface ColumnOperators {
  readonly distribution: ExponentialFamily;
  /** Where values are in its domain. */
  readonly domain: (graph: OnnxGraph, x: Value) => Value;
  /** T(x), the statistics of all columns one after the other, `[n, width · m]`; default x. */
  readonly statistics?: (graph: OnnxGraph, x: Value) => Value;
  /** log h(x) of each column, `[n, m]`; default 0. */
  readonly base?: (graph: OnnxGraph, x: Value) => Value;
}

const over = (least: number) => (graph: OnnxGraph, x: Value) => graph.op('Greater', [x, graph.scalar(least)]);
const from = (least: number) => (graph: OnnxGraph, x: Value) => graph.op('GreaterOrEqual', [x, graph.scalar(least)]);
const counts = (graph: OnnxGraph, x: Value): Value =>
  graph.op('And', [from(0)(graph, x), graph.op('Equal', [x, graph.op('Floor', [x])])]);
const binary = (graph: OnnxGraph, x: Value): Value => graph.op('Equal', [graph.op('Mul', [x, x]), x]);
const shares = (graph: OnnxGraph, x: Value): Value =>
  graph.op('And', [over(0)(graph, x), graph.op('Less', [x, graph.scalar(1)])]);

const rest = (graph: OnnxGraph, x: Value): Value => graph.op('Sub', [graph.scalar(1), x]);
const log = (graph: OnnxGraph, x: Value): Value => graph.op('Log', [x]);
const beside = (graph: OnnxGraph, ...columns: readonly Value[]): Value => graph.op('Concat', columns, { axis: 1 });

const columnwise: Readonly<Record<string, ColumnOperators>> = {
  bernoulli: { distribution: bernoulliDistribution, domain: binary },
  beta: {
    distribution: betaDistribution,
    domain: shares,
    statistics: (graph, x) => beside(graph, log(graph, x), log(graph, rest(graph, x))),
  },
  exponential: { distribution: exponentialDistribution, domain: from(0) },
  gamma: {
    distribution: gammaDistribution,
    domain: over(0),
    statistics: (graph, x) => beside(graph, log(graph, x), x),
  },
  geometric: { distribution: geometricDistribution, domain: counts },
  poisson: {
    distribution: poissonDistribution,
    domain: counts,
    base: (graph, x) => graph.op('Neg', [logFactorialOf(graph, x)]),
  },
};

/** Terms of families whose columns are independent, by name. */
export const columnwiseTerms: Readonly<Record<string, Terms>> = Object.fromEntries(
  Object.entries(columnwise).map(([name, operators]) => [name, termsOf(operators)]),
);

function termsOf({ distribution, domain, statistics, base }: ColumnOperators): Terms {
  return (graph, given, block) => {
    const x = where(graph, domain(graph, given), given);
    const { natural, normalizers } = naturalOf(distribution, block);
    const linear = productOf(graph, statistics?.(graph, x) ?? x, natural, normalizers);
    return base ? graph.op('Add', [linear, sumOver(graph, base(graph, x), 1, true)]) : linear;
  };
}

/** η of each component, `[k][width · m]` in the order of the statistics, and its A, `[k]`. */
function naturalOf(
  distribution: ExponentialFamily,
  block: ComponentBlock,
): { readonly natural: Matrix; readonly normalizers: readonly number[] } {
  const { width, parameters } = distribution;
  const arrays = Object.keys(parameters).map((name) => block[name] as Matrix);
  const m = block.columns.length;
  const eta = new Float64Array(width);
  const normalizers: number[] = [];
  const natural = arrays[0].map((_, c) => {
    const own = new Array<number>(width * m);
    let sum = 0;
    for (let j = 0; j < m; j++) {
      sum += distribution.natural(
        Float64Array.from(arrays, (array) => array[c][j]),
        eta,
      );
      eta.forEach((value, t) => (own[t * m + j] = value));
    }
    normalizers.push(sum);
    return own;
  });
  return { natural, normalizers };
}

/** ⟨t, η_k⟩ − A_k, `[n, k]`, of statistics `[n, width]`. */
function productOf(graph: OnnxGraph, t: Value, natural: Matrix, normalizers: readonly number[]): Value {
  const k = natural.length;
  const transposed = natural[0].flatMap((_, j) => natural.map((own) => own[j]));
  const product = graph.op('MatMul', [t, graph.constant(transposed, [natural[0].length, k])]);
  return graph.op('Sub', [product, graph.constant(normalizers, [1, k])]);
}

/** Σ_j log p_{j, x_j}. Values are the columns' levels, of text the indices of these; others have density 0. */
export const categoricalTerms: Terms = (graph, x, { probabilities }, levels) => {
  const ofColumn = levels.map((own = [], j) => {
    const values = Array.from(own, (level, place) => (typeof level === 'number' ? level : place));
    const column = graph.op('Gather', [x, graph.integers([j])], { axis: 1 });
    const chosen = graph.number(graph.op('Equal', [column, graph.constant(values, [1, values.length])]));
    const logs = (probabilities as unknown as readonly Matrix[])[j].map((own) => own.map(logOf));
    const known = graph.op('Log', [sumOver(graph, chosen, 1, true)]);
    return graph.op('Add', [productOf(graph, chosen, logs, new Array<number>(logs.length).fill(0)), known]);
  });
  return ofColumn.reduce((sum, one) => graph.op('Add', [sum, one]));
};

/** log n! − Σ_j log x_j! + Σ_j x_j log p_j. */
export const multinomialTerms: Terms = (graph, given, { probabilities }) => {
  const x = where(graph, counts(graph, given), given);
  const logs = (probabilities as Matrix).map((own) => own.map(logOf));
  const linear = productOf(graph, x, logs, new Array<number>(logs.length).fill(0));
  const whole = logFactorialOf(graph, sumOver(graph, x, 1, true));
  const base = graph.op('Sub', [whole, sumOver(graph, logFactorialOf(graph, x), 1, true)]);
  return graph.op('Add', [linear, base]);
};

/** log C_d(κ_k) + κ_k ⟨μ_k, x⟩ of rows divided by their lengths. */
export const directionTerms: Terms = (graph, x, { columns, means, concentrations }) => {
  const length = graph.op('Sqrt', [sumOver(graph, graph.op('Mul', [x, x]), 1, true)]);
  const kappas = concentrations as readonly number[];
  const natural = (means as Matrix).map((own, c) => own.map((value) => kappas[c] * value));
  const normalizers = kappas.map((kappa) => -logDirectionNormalizer(columns.length, kappa));
  return productOf(graph, graph.op('Div', [x, length]), natural, normalizers);
};

/** Σ_j log Γ(x_j + r_jk) − log Γ(r_jk) − log x_j! + x_j log(m_jk/(m_jk + r_jk)) − r_jk log(1 + m_jk/r_jk). */
export const negativeBinomialTerms: Terms = (graph, given, { columns, means, sizes }) => {
  const x = where(graph, counts(graph, given), given);
  const [own, r] = [means as Matrix, sizes as Matrix];
  const shape = [1, own.length, columns.length];
  const size = graph.constant(r.flat(), shape);
  const rows = graph.op('Unsqueeze', [x, graph.integers([1])]);
  const rising = graph.op('Sub', [logGammaOf(graph, graph.op('Add', [rows, size])), logGammaOf(graph, size)]);
  const base = graph.op('Sub', [sumOver(graph, rising, 2), sumOver(graph, logFactorialOf(graph, x), 1, true)]);
  const natural = own.map((row, c) => row.map((mean, j) => logOf(mean / (mean + r[c][j]))));
  const normalizers = own.map((row, c) => row.reduce((sum, mean, j) => sum + r[c][j] * Math.log1p(mean / r[c][j]), 0));
  return graph.op('Add', [productOf(graph, x, natural, normalizers), base]);
};
