import { nested, denseMatrix } from '../../src/families/dense.js';
import { fromVector, toVector, type Components } from '../../src/families/components.js';
import { isNumbers, misfit } from '../../src/families/file.js';
import type { Family } from '../../src/families/family.js';
import { soleQuadratic, type Floats, type PackedModel } from '../../src/sweep/model.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

const unitGaussians = (means: Float64Array, d: number): Components => ({
  ...{ k: means.length / d, d },
  arrays: { means: { shape: [means.length / d, d], values: means } },
});
const meansOf = ({ arrays }: Components): Float64Array => arrays.means.values;

/** Balls of variance 1 in the data's units: log p(x | μ) = −½ ‖x − μ‖² − ½ d log 2π. All that a new family is. */
export function unitGaussian(): Family {
  const pack = <Values extends Floats>(
    components: Components,
    rounded: (values: Float64Array) => Values,
  ): PackedModel<Values> => {
    const { k, d } = components;
    const whitening = rounded(new Float64Array(k).fill(1));
    const term = { form: 'spherical', d, means: rounded(meansOf(components)), whitening } as const;
    return { k, logNormalizers: new Float64Array(k).fill((-d / 2) * LOG_TWO_PI), quadratic: [term] };
  };
  const moved = (components: Components, by: (mean: number, column: number) => number): Components =>
    unitGaussians(meansOf(components).map((mean, at) => by(mean, at % components.d)), components.d); // prettier-ignore
  return {
    name: 'unitGaussian',
    options: {},
    parameters: ['means'],
    describe: (k) => (k === 1 ? '1 unit Gaussian' : `${k} unit Gaussians`),
    parameterCount: (k, d) => k * d,
    commonScale: true,
    encoding: 'data units',
    encode: (columns) => ({
      shift: Float64Array.from(columns, ({ mean }) => Math.fround(mean)),
      scale: new Float64Array(columns.length).fill(1),
    }),
    toData: (components, { shift }) => moved(components, (mean, j) => mean + shift[j]),
    toShard: (components, { shift }) => moved(components, (mean, j) => mean - shift[j]),
    around: (rows, variances) => pack(unitGaussians(rows, variances.length), (values) => Float32Array.from(values)),
    restarted(components, starts) {
      const means = meansOf(components).slice();
      for (const { component, row } of starts) means.set(row, component * components.d);
      return unitGaussians(means, components.d);
    },
    shape: (k, d) => ({ k, quadratic: [{ form: 'spherical', d }] }),
    pack: (components) => pack(components, (values) => Float32Array.from(values)),
    packExactly: (components) => pack(components, (values) => values),
    estimate({ mass, quadratic: [{ first }] }, packed) {
      const { d, means } = soleQuadratic(packed);
      const step = (at: number): number => (mass[Math.floor(at / d)] > 0 ? first[at] / mass[Math.floor(at / d)] : 0);
      return {
        components: unitGaussians(
          Float64Array.from(means, (mean, at) => mean + step(at)),
          d,
        ),
        repairs: [],
      };
    },
    toVector,
    fromVector: (vector, like) => (vector.every(Number.isFinite) ? fromVector(vector, like) : undefined),
    coincident: () => [],
    addedShares: ({ k }) => ({ shared: false, shares: Array.from({ length: k }, () => ({ share: 0, columns: [0] })) }),
    spread: (components) => ({ means: meansOf(components).slice(), variances: meansOf(components).map(() => 1) }),
    logDensity(components) {
      const { k, d } = components;
      const means = meansOf(components);
      return (row, into) => {
        for (let c = 0; c < k; c++) {
          const square = Array.from({ length: d }, (_, j) => (row[j] - means[c * d + j]) ** 2).reduce((a, b) => a + b);
          into[c] = -(square + d * LOG_TWO_PI) / 2;
        }
      };
    },
    sampler(components) {
      const { d } = components;
      const means = meansOf(components);
      return (labels, random, data) => {
        random.normals(data);
        labels.forEach((label, row) => {
          for (let j = 0; j < d; j++) data[row * d + j] += means[label * d + j];
        });
      };
    },
    toParameters: (components) => ({ means: nested(meansOf(components), components.d) }),
    fromParameters({ means }, where) {
      const rows = means as readonly (readonly number[])[];
      return unitGaussians(denseMatrix(rows, rows.length, rows[0].length, `${where}: means`), rows[0].length);
    },
    toFile: (components) => ({ means: nested(meansOf(components), components.d) }),
    fromFile({ means }, { k, d }, where) {
      const rows: unknown[] = Array.isArray(means) ? means : [];
      if (rows.length !== k || !rows.every((row) => isNumbers(row) && row.length === d)) throw misfit(where, ['means']);
      return unitGaussians(Float64Array.from((rows as number[][]).flat()), d);
    },
  };
}
