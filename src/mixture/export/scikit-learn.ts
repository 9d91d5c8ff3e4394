import type { CovarianceForm } from '../../../kernels/form.js';
import { InputError } from '../../base/errors.js';
import { haveMoments, nested, precisionFactor } from '../../families/dense.js';
import type { Family } from '../../families/family.js';

/** Numbers of all components: full `[k][d][d]`, tied `[d][d]`, diag `[k][d]`, spherical `[k]`. */
type Shaped = readonly number[] | readonly (readonly number[])[] | readonly (readonly (readonly number[])[])[];

/** What scikit-learn's `GaussianMixture` is made of, by the names of its arguments and attributes. */
export interface ScikitLearnFile {
  readonly format: 'otmix-scikit-learn';
  readonly version: 1;
  readonly n_components: number;
  readonly covariance_type: CovarianceForm;
  readonly weights_: readonly number[];
  /** `[k][d]`. */
  readonly means_: readonly (readonly number[])[];
  readonly covariances_: Shaped;
  readonly precisions_: Shaped;
  readonly precisions_cholesky_: Shaped;
  readonly feature_names: readonly string[];
}

/** Gaussians, and what they are made of. */
interface Exported {
  readonly family: Family;
  readonly weights: readonly number[];
  readonly columns: readonly string[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

/** The mixture as scikit-learn has it; see `Mixture.toScikitLearn`. */
export function scikitLearnOf(mixture: Exported): ScikitLearnFile {
  const { family, weights, columns } = mixture;
  if (!haveMoments(family) || family.noise) {
    throw new InputError('unsupported', {
      where: 'toScikitLearn',
      expected: 'Gaussian components and no noise, as GaussianMixture has them',
      got: family.noise ? `${family.name} and noise` : family.name,
      remedy: 'export to ONNX, or save the model as JSON',
    });
  }
  const form = family.options.covariance as CovarianceForm;
  const d = columns.length;
  const of = (values: (covariance: readonly (readonly number[])[]) => number[][]): Shaped =>
    shaped(mixture.covariances.map(values), form);
  const factor = (one: readonly (readonly number[])[]): number[][] =>
    nested(precisionFactor(Float64Array.from(one.flat()), d), d);
  return {
    format: 'otmix-scikit-learn',
    version: 1,
    n_components: weights.length,
    covariance_type: form,
    weights_: weights,
    means_: mixture.means,
    covariances_: of((one) => one.map((row) => [...row])),
    precisions_: of((one) => product(factor(one))),
    precisions_cholesky_: of(factor),
    feature_names: columns,
  };
}

/** Matrices `[k][d][d]` as the form keeps them. */
function shaped(matrices: readonly number[][][], form: CovarianceForm): Shaped {
  const diagonals = (): number[][] => matrices.map((one) => one.map((row, j) => row[j]));
  switch (form) {
    case 'full':
      return matrices;
    case 'tied':
      return matrices[0];
    case 'diag':
      return diagonals();
    case 'spherical':
      return diagonals().map(([first]) => first);
    default:
      return form satisfies never;
  }
}

/** U Uᵀ. */
function product(u: readonly (readonly number[])[]): number[][] {
  return u.map((row) => u.map((other) => row.reduce((sum, value, j) => sum + value * other[j], 0)));
}
