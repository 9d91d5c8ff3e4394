import { cholesky } from '../src/base/cholesky.js';
import type { Random } from '../src/base/random.js';
import { bernoulli } from '../src/families/bernoulli.js';
import { categorical } from '../src/families/categorical.js';
import type { Nested } from '../src/families/components.js';
import type { Family } from '../src/families/family.js';
import { gaussian } from '../src/families/gaussian.js';
import { multinomial } from '../src/families/multinomial.js';
import { poisson } from '../src/families/poisson.js';
import { categoricalSampler, multinomialSampler } from '../src/families/sampling/multinomial.js';
import type { Numbers } from '../src/families/sampling/numbers.js';
import { drawPoisson } from '../src/families/sampling/poisson.js';
import { drawBernoulli } from '../src/families/sampling/simple.js';
import { directionSampler } from '../src/families/sampling/von-mises-fisher.js';
import { studentT } from '../src/families/student-t.js';
import { vonMisesFisher } from '../src/families/von-mises-fisher.js';

export type FamilyName =
  'bernoulli' | 'multinomial' | 'vonMisesFisher' | 'poisson' | 'categorical' | 'gaussian' | 'studentT';
export type NestedParameters = Readonly<Record<string, Nested>>;

/** Draws the columns of a row. */
type Draw = (numbers: Numbers, into: Float64Array) => void;

/** A family whose mixtures the bench can draw rows from. */
interface Kind {
  readonly make: () => Family;
  /** Parameters of k components of so many columns, as `mixture.components` has them, so many times as far apart as usual where the kind knows of it. */
  readonly parameters: (k: number, columns: number, random: Random, apart?: number) => NestedParameters;
  /** By component. */
  readonly draws: (parameters: NestedParameters) => readonly Draw[];
  /** Whether its statistics are the columns. */
  readonly dense: boolean;
  /** Whether parameters are nested by column first. */
  readonly byColumn?: true;
}

type Matrix = readonly (readonly number[])[];

/** Words of a document. */
const WORDS = 100;
/** How far apart topics are: standard deviation of log-probabilities. */
const TOPICS = 0.3;
/** Concentration of directions in 768 columns: mean lengths are .5. */
const CONCENTRATION = 500;
/** Distance of mean directions from the one that they lie around. */
const APART = 0.2;
/** Degrees of freedom of Student-t components. */
const DEGREES = 5;
/** Levels of columns, in turn. */
const LEVELS = [5, 12];

const matrix = (rows: number, columns: number, of: () => number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, of));

/** A family of independent columns with one parameter each. */
function ofColumns(
  make: () => Family,
  name: string,
  of: (random: Random) => number,
  draw: (numbers: Numbers, parameter: number) => number,
): Kind {
  return {
    make,
    dense: true,
    parameters: (k, columns, random) => ({ [name]: matrix(k, columns, () => of(random)) }),
    draws: (parameters) =>
      (parameters[name] as Matrix).map((own) => (numbers, into) => {
        for (let j = 0; j < into.length; j++) into[j] = draw(numbers, own[j]);
      }),
  };
}

const multinomials: Kind = {
  make: multinomial,
  dense: true,
  parameters: (k, columns, random, apart = 1) => {
    const common = Array.from({ length: columns }, () => random.normal());
    const topics = matrix(k, columns, () => apart * TOPICS * random.normal());
    return { probabilities: topics.map((own) => shares(own.map((value, j) => Math.exp(value + common[j])))) };
  },
  draws: ({ probabilities }) =>
    (probabilities as Matrix).map((own) => {
      const draw = multinomialSampler(Float64Array.from(own));
      return (numbers, into) => draw(numbers, drawPoisson(numbers, WORDS), into);
    }),
};

const directions: Kind = {
  make: vonMisesFisher,
  dense: true,
  parameters: (k, columns, random, apart = 1) => {
    const common = unit(Array.from({ length: columns }, () => random.normal()));
    const own = matrix(k, columns, () => random.normal()).map(unit);
    const means = own.map((direction) => unit(direction.map((value, j) => common[j] + apart * APART * value)));
    return { means, concentrations: new Array<number>(k).fill((CONCENTRATION * columns) / 768) };
  },
  draws: ({ means, concentrations }) =>
    (means as Matrix).map((mean, c) => directionSampler(mean, (concentrations as readonly number[])[c])),
};

const levels: Kind = {
  make: categorical,
  dense: false,
  byColumn: true,
  parameters: (k, columns, random) => ({
    probabilities: Array.from({ length: columns }, (_, j) =>
      matrix(k, columns > 2 ? LEVELS[0] : LEVELS[j], () => 0.2 + random.uniform()).map(shares),
    ),
  }),
  draws: ({ probabilities }) => {
    const columns = (probabilities as readonly Matrix[]).map((own) =>
      own.map((p) => categoricalSampler(Float64Array.from(p))),
    );
    return columns[0].map((_, c) => (numbers, into) => {
      for (let j = 0; j < into.length; j++) into[j] = columns[j][c](numbers);
    });
  },
};

const gaussians: Kind = {
  make: () => gaussian({ covariance: 'full' }),
  dense: false,
  parameters: (k, columns, random) => {
    const covariances = Array.from({ length: k }, () => {
      const b = matrix(columns, columns, () => random.normal());
      return b.map((u, i) => b.map((v, j) => u.reduce((sum, x, p) => sum + (x * v[p]) / columns, i === j ? 0.5 : 0)));
    });
    return { means: matrix(k, columns, () => random.normal()), covariances };
  },
  draws: ({ means, covariances }) =>
    (means as Matrix).map((mean, c) => {
      const covariance = Float64Array.from((covariances as readonly Matrix[])[c].flat());
      const root = cholesky(covariance, mean.length) as Float64Array;
      return (numbers, into) => {
        into.set(mean);
        for (let j = 0; j < into.length; j++) {
          const z = numbers.normal();
          for (let i = j; i < into.length; i++) into[i] += root[i * into.length + j] * z;
        }
      };
    }),
};

/** Student-t components: the scales are those of Gaussians. */
const students: Kind = {
  make: () => studentT({ covariance: 'full' }),
  dense: false,
  parameters: (k, columns, random) => {
    const { means, covariances } = gaussians.parameters(k, columns, random);
    return { means, scales: covariances, degrees: new Array<number>(k).fill(DEGREES) };
  },
  draws: ({ means, scales }) =>
    gaussians.draws({ means, covariances: scales }).map((draw, c) => (numbers, into) => {
      let square = 0;
      for (let i = 0; i < DEGREES; i++) square += numbers.normal() ** 2;
      draw(numbers, into);
      const mean = (means as Matrix)[c];
      for (let j = 0; j < into.length; j++) into[j] = mean[j] + (into[j] - mean[j]) * Math.sqrt(DEGREES / square);
    }),
};

export const kinds: Readonly<Record<FamilyName, Kind>> = {
  bernoulli: ofColumns(bernoulli, 'probabilities', (random) => 0.1 + 0.8 * random.uniform(), drawBernoulli),
  poisson: ofColumns(poisson, 'rates', (random) => 1 + 9 * random.uniform(), drawPoisson),
  multinomial: multinomials,
  vonMisesFisher: directions,
  categorical: levels,
  gaussian: gaussians,
  studentT: students,
};

function shares(values: readonly number[]): number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => value / sum);
}

function unit(values: readonly number[]): number[] {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}
