/** What single columns are like under each component, by the parameters that mixtures have by name: for pictures. */
import { logGamma } from '../base/special/gamma.js';
import { betaDistribution } from './beta.js';
import type { ComponentBlock, Nested } from './components.js';
import { logDirectionNormalizer } from './directions.js';
import { logDensity, logOf, type ExponentialFamily } from './exponential-family.js';
import { exponentialDistribution } from './exponential.js';
import type { Levels } from './family.js';
import { gammaDistribution } from './gamma.js';
import { geometricDistribution } from './geometric.js';
import { negativeBinomialDistribution } from './negative-binomial.js';
import { poissonDistribution } from './poisson.js';

/** What values a column has; `direction`: those of unit vectors along an axis. */
export type ColumnKind = 'real' | 'positive' | 'share' | 'direction' | 'count' | 'level';

/** A function that gives log p(x), nats: per unit of the data, or of counts and of a level's index. */
export type LogDensity = (x: number) => number;

/** A column under each component, whatever the others hold. */
export interface ColumnMarginal {
  readonly family: string;
  readonly kind: ColumnKind;
  /** The index of its block, and its own index among the block's columns. */
  readonly block: number;
  readonly own: number;
  /** What its levels are. */
  readonly levels?: Levels;
  /** Its density under a component; `trials`: of multinomial counts the sum of the row. */
  logDensity(component: number, trials?: number): LogDensity;
}

/** Components by name, as a mixture has them: blocks, levels of columns, and moments `[k][d]`. */
export interface NamedComponents {
  readonly columns: readonly string[];
  readonly components: readonly ComponentBlock[];
  readonly levels?: readonly (Levels | undefined)[];
  readonly columnMeans: readonly (readonly number[])[];
  readonly columnDeviations: readonly (readonly number[])[];
}

/** A column of a block. */
interface Place {
  readonly block: ComponentBlock;
  readonly own: number;
  /** Mean and standard deviation under each component, `[k]`. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

interface Law {
  readonly kind: ColumnKind;
  readonly logDensity: (place: Place, component: number, trials: number) => LogDensity;
}

/** Columns of families that are not here are taken for Gaussians of their moments. */
const laws: Readonly<Record<string, Law>> = {
  gaussian: { kind: 'real', logDensity: normal },
  studentT: { kind: 'real', logDensity: student },
  logNormal: { kind: 'positive', logDensity: logNormal },
  exponential: independent('positive', exponentialDistribution, positive),
  gamma: independent('positive', gammaDistribution, positive),
  beta: independent('share', betaDistribution, (x) => Math.min(positive(x), 1 - Number.EPSILON / 2)),
  poisson: independent('count', poissonDistribution),
  geometric: independent('count', geometricDistribution),
  negativeBinomial: { kind: 'count', logDensity: negativeBinomial },
  multinomial: { kind: 'count', logDensity: binomial },
  bernoulli: { kind: 'level', logDensity: bernoulli },
  categorical: { kind: 'level', logDensity: categorical },
  vonMisesFisher: { kind: 'direction', logDensity: alongAxis },
};

/** The columns of a mixture, in their order. */
export function columnMarginals(mixture: NamedComponents): ColumnMarginal[] {
  const { columns, components, levels, columnMeans, columnDeviations } = mixture;
  const places = new Map(components.flatMap((block, at) => block.columns.map((name, own) => [name, { at, own }])));
  return columns.map((name, j) => {
    const { at, own } = places.get(name) ?? { at: 0, own: j };
    const block = components[at];
    const law = laws[block.family] ?? laws.gaussian;
    const place = {
      block,
      own,
      means: columnMeans.map((row) => row[j]),
      deviations: columnDeviations.map((row) => row[j]),
    };
    return {
      ...{ family: block.family, kind: law.kind, block: at, own },
      ...(law.kind === 'level' && { levels: levels?.[j] ?? levelsOf(place) }),
      logDensity: (component, trials = 1) => law.logDensity(place, component, trials),
    };
  });
}

/** Indices, where nobody says what the levels are. */
function levelsOf({ block, own }: Place): Levels {
  const count = block.family === 'bernoulli' ? 2 : listAt(listAt(block.probabilities, own), 0).length;
  return Array.from({ length: count }, (_, level) => level);
}

/** Columns that are independent given the component, with a number each of every parameter. */
function independent(kind: ColumnKind, distribution: ExponentialFamily, held = (x: number): number => x): Law {
  const names = Object.keys(distribution.parameters);
  return {
    kind,
    logDensity({ block, own }, c) {
      const density = logDensity(
        distribution,
        Float64Array.from(names, (name) => parameter(block, name, c, own)),
      );
      return (x) => density(Float64Array.of(held(x)));
    },
  };
}

/** Numbers over 0: a density at 0 is that of the next number. */
function positive(x: number): number {
  return Math.max(x, Number.MIN_VALUE);
}

/** log N(x | mean, deviation²). */
function normal({ means, deviations }: Place, c: number): LogDensity {
  return logNormalDensity(means[c], deviations[c]);
}

function logNormalDensity(mean: number, deviation: number): LogDensity {
  return (x) => -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
}

/** A column of a Student-t is one of the same ν, by its own mean and scale. */
function student({ block, own }: Place, c: number): LogDensity {
  const nu = (block.degrees as readonly number[])[c];
  const mean = parameter(block, 'means', c, own);
  const squared = (listAt(block.scales, c)[own] as readonly number[])[own];
  if (nu === Infinity) return logNormalDensity(mean, Math.sqrt(squared));
  const normalizer = logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI * squared);
  return (x) => normalizer - ((nu + 1) / 2) * Math.log1p((x - mean) ** 2 / squared / nu);
}

/** log N(log x | m, v) − log x. */
function logNormal({ block, own }: Place, c: number): LogDensity {
  const density = logNormalDensity(
    parameter(block, 'meanLogs', c, own),
    Math.sqrt(parameter(block, 'varianceLogs', c, own)),
  );
  return (x) => {
    const log = Math.log(positive(x));
    return density(log) - log;
  };
}

/** Of a size that is given for all, blocks have none; it follows from the variance m + m²/r. */
function negativeBinomial({ block, own, means, deviations }: Place, c: number): LogDensity {
  const excess = deviations[c] ** 2 - means[c];
  const size = 'sizes' in block ? parameter(block, 'sizes', c, own) : means[c] ** 2 / excess;
  const known = excess > 0 && Number.isFinite(size);
  const density = known
    ? logDensity(negativeBinomialDistribution(size), Float64Array.of(means[c]))
    : logDensity(poissonDistribution, Float64Array.of(means[c]));
  return (x) => density(Float64Array.of(x));
}

/** A count given the row's sum n: log C(n, x) + x log p + (n − x) log (1 − p). */
function binomial({ block, own }: Place, c: number, trials: number): LogDensity {
  const p = parameter(block, 'probabilities', c, own);
  const [yes, no, all] = [logOf(p), logOf(1 - p), logGamma(trials + 1)];
  return (x) =>
    x > trials ? -Infinity : all - logGamma(x + 1) - logGamma(trials - x + 1) + x * yes + (trials - x) * no;
}

function bernoulli({ block, own }: Place, c: number): LogDensity {
  const p = parameter(block, 'probabilities', c, own);
  return (x) => Math.log(x === 1 ? p : 1 - p);
}

/** Of parameters `[column][k][level]`. */
function categorical({ block, own }: Place, c: number): LogDensity {
  const probabilities = listAt(listAt(block.probabilities, own), c) as readonly number[];
  return (x) => Math.log(probabilities[x]);
}

/**
 * t = ⟨e_j, x⟩ of a direction x of mean μ and concentration κ: with ρ = κ √(1 − μ_j²) √(1 − t²), what x is across the axis
 * integrates to 1/C_{d−1}(ρ), and log p(t) = log C_d(κ) − log C_{d−1}(ρ) + κ μ_j t + (d − 3)/2 log (1 − t²). On a circle
 * that integral is a sum over two points, 2 cosh ρ.
 */
function alongAxis({ block, own }: Place, c: number): LogDensity {
  const d = block.columns.length;
  const mean = parameter(block, 'means', c, own);
  const kappa = (block.concentrations as readonly number[])[c];
  const normalizer = logDirectionNormalizer(d, kappa);
  return (t) => {
    const across = (1 - t) * (1 + t);
    if (across <= 0)
      return d > 3 ? -Infinity : d === 3 ? normalizer + Math.log(2 * Math.PI) + kappa * mean * t : Infinity;
    const rho = kappa * Math.sqrt(Math.max(0, (1 - mean) * (1 + mean)) * across);
    const rest = d === 2 ? rho + Math.log1p(Math.exp(-2 * rho)) : -logDirectionNormalizer(d - 1, rho);
    return normalizer + rest + kappa * mean * t + ((d - 3) / 2) * Math.log(across);
  };
}

/** A parameter `[k][column]` of a block. */
function parameter(block: ComponentBlock, name: string, c: number, own: number): number {
  return listAt(block[name], c)[own] as number;
}

function listAt(list: ComponentBlock[string], at: number): readonly Nested[] {
  return (list as readonly (readonly Nested[])[])[at];
}
