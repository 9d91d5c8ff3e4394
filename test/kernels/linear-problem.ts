/** Rows and models with a linear term, a quadratic one, or both, in float32 and float64. */
import {
  linearColumns,
  linearWidth,
  type PackedModel,
  type PlanModel,
  type QuadraticTerm,
} from '../../src/sweep/model.js';
import { mulberry32, normal, sum } from '../oracle/index.js';
import type { LinearCase, QuadraticCase } from './parity-cases.js';

/** Columns of a row. */
export function columnsOf({ quadratic, dense, levels }: LinearCase): number {
  return (quadratic?.d ?? 0) + linearColumns({ dense, levels });
}

/** Normal numbers, some of a quadratic term's far out where the case says so, and levels of which one in nine is none: `[n, d]`, exact in float32. */
export function rowsOf({ n, quadratic, dense, levels }: LinearCase): Float64Array {
  const random = mulberry32(11);
  const numbers = (quadratic?.d ?? 0) + dense;
  const outOf = (i: number, j: number): number =>
    quadratic && j < quadratic.d && i % 7 === 3 ? (quadratic.far ?? 1) : 1;
  const row = (_: unknown, i: number): number[] => [
    ...Array.from({ length: numbers }, (_one, j) => Math.fround(normal(random) * outOf(i, j))),
    ...levels.map((count) => (random() < 1 / 9 ? -1 : Math.floor(count * random()))),
  ];
  return Float64Array.from(Array.from({ length: n }, row).flat());
}

/** Components that overlap, so that each row has a share of several, unless the case says how far apart they are. */
export function modelOf({ k, quadratic, dense, levels, apart = 1.5 }: LinearCase, epsilon = 1, seed = 5): PlanModel {
  const random = mulberry32(seed);
  const floats = (length: number, scale: number): Float32Array => {
    return Float32Array.from({ length }, () => scale * normal(random));
  };
  const components: PackedModel = {
    k,
    logNormalizers: Float64Array.from({ length: k }, () => normal(random) - 2),
    quadratic: quadratic ? [termOf(quadratic, k, floats(k * quadratic.d, 1))] : [],
    ...(dense + levels.length > 0 && {
      linear: {
        ...{ dense, levels },
        natural: floats(k * linearWidth({ dense, levels }), apart / Math.sqrt(linearColumns({ dense, levels }))),
      },
    }),
  };
  const weights = Float64Array.from({ length: k }, (_, c) => (1 + (c % 4)) / k);
  const total = sum([...weights]);
  const potential = Float64Array.from({ length: k }, (_, c) => 0.3 * (c % 4) - 0.4);
  return { components, weights: weights.map((weight) => weight / total), potential, epsilon };
}

function termOf(quadratic: QuadraticCase, k: number, means: Float32Array): QuadraticTerm {
  const { form, d, degrees } = quadratic;
  const term = { form, d, means, whitening: factors(quadratic, k) };
  if (!degrees) return term;
  return {
    ...term,
    radial: 'student',
    degrees: Float64Array.from({ length: k }, (_, c) => degrees[c % degrees.length]),
  };
}

/** Whitening factors near 1/√d, so that distances stay within a few nats of each other: upper triangles. */
function factors({ form, d }: QuadraticCase, k: number): Float32Array {
  const unit = 1 / Math.sqrt(d);
  if (form === 'diag') return new Float32Array(k * d).map((_, at) => unit * (1 + 0.1 * (at % 4)));
  if (form === 'spherical') return new Float32Array(k).map((_, c) => unit * (1 + 0.1 * (c % 4)));
  return new Float32Array((form === 'full' ? k : 1) * d * d).map((_, at) => {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    return i > j ? 0 : unit * (i === j ? 1 : 0.3 / (1 + j - i));
  });
}

/** The same model in float64. */
export function exactly({ components, ...plan }: PlanModel): PlanModel<Float64Array> {
  const { quadratic, linear } = components;
  return {
    ...plan,
    components: {
      ...components,
      quadratic: quadratic.map(({ means, whitening, ...term }) => {
        return { ...term, means: Float64Array.from(means), whitening: Float64Array.from(whitening) };
      }),
      linear: linear && { ...linear, natural: Float64Array.from(linear.natural) },
    },
  };
}
