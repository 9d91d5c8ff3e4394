import { requireOneOf } from '../../base/check.js';
import { InputError } from '../../base/errors.js';
import { version } from '../../base/version.js';
import type { ComponentBlock } from '../../families/components.js';
import type { Levels } from '../../families/family.js';
import type { Noise } from '../../families/noise.js';
import * as exponential from './onnx-exponential.js';
import { OnnxGraph, type OnnxPrecision, type Port, type Value } from './onnx-graph.js';
import { gaussianTerms, logNormalTerms, studentTerms } from './onnx-quadratic.js';
import type { Terms } from './onnx-terms.js';

export type { OnnxPrecision } from './onnx-graph.js';

/** Options of `mixture.toOnnx`. */
export interface OnnxOptions {
  /**
   * What rows come as and the graph computes in: 'float64', the default, or 'float32' for runtimes without the former, which
   * Gaussian and Student-t components alone may have.
   */
  readonly precision?: OnnxPrecision | undefined;
}

/** What a graph needs of a mixture. */
export interface Exported {
  readonly family: { readonly name: string };
  readonly weights: readonly number[];
  readonly columns: readonly string[];
  readonly components: readonly ComponentBlock[];
  readonly levels: readonly (Levels | undefined)[];
  readonly noise?: Noise | undefined;
}

/** The families that can be exported, one line each. */
const terms: Readonly<Record<string, Terms>> = {
  gaussian: gaussianTerms,
  studentT: studentTerms,
  logNormal: logNormalTerms,
  categorical: exponential.categoricalTerms,
  multinomial: exponential.multinomialTerms,
  vonMisesFisher: exponential.directionTerms,
  negativeBinomial: exponential.negativeBinomialTerms,
  ...exponential.columnwiseTerms,
};

/** Of these differences of rows are taken first, exactly in float32 too. */
const inSingle: readonly string[] = ['gaussian', 'studentT'];

/** The mixture as an ONNX model; see `Mixture.toOnnx`. */
export function onnxOf(mixture: Exported, { precision = 'float64' }: OnnxOptions = {}): Uint8Array {
  requireOneOf('toOnnx: precision', precision, ['float64', 'float32']);
  requireOperators(mixture, precision);
  const { columns, weights, noise } = mixture;
  const graph = new OnnxGraph(precision);
  const logits = graph.op('Add', [
    withNoise(graph, componentsOf(graph, mixture), noise),
    graph.constant(weights.map(Math.log), [1, weights.length]),
  ]);
  outputsOf(graph, logits, noise && weights.length - 1);
  const [rows, k]: [Port, number] = [{ name: 'rows', shape: ['n', columns.length] }, weights.length];
  const outputs: readonly Port[] = [
    { name: 'labels', shape: ['n'], integers: true },
    { name: 'responsibilities', shape: ['n', k] },
    { name: 'log_densities', shape: ['n'] },
  ];
  return graph.encoded([rows], outputs, {
    producer: { name: 'otmix', version },
    description: `A mixture of ${k} components: labels, responsibilities and log-densities (nats) of rows [n, ${columns.length}].`,
    metadata: {
      family: mixture.family.name,
      columns: JSON.stringify(columns),
      ...(mixture.levels.some(Boolean) && { levels: JSON.stringify(mixture.levels.map((own) => own ?? null)) }),
    },
  });
}

/** log p(x | θ_k) of rows, `[n, k]`: the sum over blocks, each of its own columns. */
function componentsOf(graph: OnnxGraph, { columns, components, levels }: Exported): Value {
  const blocks = components.map((block) => {
    const places = block.columns.map((name) => columns.indexOf(name));
    const own = places.every((place, j) => place === j) && places.length === columns.length;
    const x = own ? 'rows' : graph.op('Gather', ['rows', graph.integers(places)], { axis: 1 });
    return terms[block.family](
      graph,
      x,
      block,
      places.map((place) => levels[place]),
    );
  });
  return blocks.reduce((sum, one) => graph.op('Add', [sum, one]));
}

/** The same with the density of noise beside them, `[n, k + 1]`. */
function withNoise(graph: OnnxGraph, densities: Value, noise: Noise | undefined): Value {
  if (!noise) return densities;
  const rows = graph.op('Gather', [graph.op('Shape', ['rows']), graph.integers([0])]);
  const shape = graph.op('Concat', [rows, graph.integers([1])], { axis: 0 });
  const own = graph.op('Expand', [graph.constant([noise.logDensity], [1, 1]), shape]);
  return graph.op('Concat', [densities, own], { axis: 1 });
}

/** Labels, of noise −1, responsibilities and log-densities of logits `[n, k]`. */
function outputsOf(graph: OnnxGraph, logits: Value, noise: number | undefined): void {
  const likeliest = graph.op('ArgMax', [logits], { axis: 1, keepdims: 0 });
  const places = noise === undefined ? undefined : Array.from({ length: noise + 1 }, (_, c) => (c < noise ? c : -1));
  graph.output(places ? graph.op('Gather', [graph.integers(places), likeliest]) : likeliest, 'labels');
  graph.output(graph.op('Softmax', [logits], { axis: 1 }), 'responsibilities');
  // The largest first: not every runtime takes it off by itself.
  const largest = graph.op('ReduceMax', [logits], { axes: [1], keepdims: 1 });
  const sum = graph.op('ReduceLogSumExp', [graph.op('Sub', [logits, largest])], { axes: [1], keepdims: 0 });
  graph.output(graph.op('Add', [sum, graph.op('Squeeze', [largest, graph.integers([1])])]), 'log_densities');
}

/** Throws `InputError('unsupported')` for families that no operators are known of, in this precision. */
function requireOperators({ components }: Exported, precision: OnnxPrecision): void {
  const known = precision === 'float32' ? inSingle : Object.keys(terms);
  const stranger = components.find((block) => !known.includes(block.family) || hasNoSizes(block));
  if (!stranger) return;
  const size = hasNoSizes(stranger) ? ' of a given size' : '';
  throw new InputError('unsupported', {
    where: 'toOnnx',
    expected: `families among ${known.join(', ')}${precision === 'float32' ? ' in float32' : ''}`,
    got: `${stranger.family}${size}`,
    remedy:
      precision === 'float32' && size === '' ? 'export in float64, which is the default' : 'save the model as JSON',
  });
}

/** Negative binomials of a given size, which their components do not tell. */
const hasNoSizes = ({ family, ...block }: ComponentBlock): boolean =>
  family === 'negativeBinomial' && !('sizes' in block);
