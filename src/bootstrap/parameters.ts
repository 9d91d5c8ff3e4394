import type { ComponentBlock, Nested } from '../families/components.js';
import type { Mixture } from '../mixture/mixture.js';

/** One number among the parameters of a mixture. */
export interface Parameter {
  /** `weights`, or the name that it has in `mixture.components`. */
  readonly parameter: string;
  /** The number of its component; k is noise. */
  readonly component: number;
  /** The columns that it is of: none, one, two of a covariance. */
  readonly columns: readonly string[];
  /** The level of its column that it is the probability of. */
  readonly level?: string | number;
}

/** A parameter and its value. */
export interface ParameterValue extends Parameter {
  readonly value: number;
}

/**
 * All parameters of a mixture, weights first, in an order that mixtures of one family share. Of what is symmetric, one of
 * two equal numbers.
 */
export function parametersOf(mixture: Mixture): ParameterValue[] {
  const weights = mixture.weights.map((value, component) => ({ parameter: 'weights', component, columns: [], value }));
  return [...weights, ...mixture.components.flatMap((block) => ofBlock(block, mixture))];
}

function ofBlock(block: ComponentBlock, { columns, levels }: Mixture): ParameterValue[] {
  const { family, columns: own, ...parameters } = block;
  return Object.entries(parameters).flatMap(([parameter, values]) => {
    if (family !== 'categorical') return ofComponents(parameter, values as readonly Nested[], own);
    const byColumn = values as readonly (readonly (readonly number[])[])[];
    return byColumn.flatMap((ofColumn, j) =>
      ofColumn.flatMap((probabilities, component) =>
        probabilities.map((value, at) => {
          const level = levels[columns.indexOf(own[j])]?.[at] ?? at;
          return { parameter, component, columns: [own[j]], level, value };
        }),
      ),
    );
  });
}

/** Arrays `[k]…`: a number each, one for each column, or a symmetric matrix of these. */
function ofComponents(parameter: string, values: readonly Nested[], names: readonly string[]): ParameterValue[] {
  return values.flatMap((own, component) => {
    if (typeof own === 'number') return [{ parameter, component, columns: [], value: own }];
    return own.flatMap((value, i) => {
      if (typeof value === 'number') return [{ parameter, component, columns: [names[i]], value }];
      return (value as readonly number[])
        .slice(0, i + 1)
        .map((entry, j) => ({ parameter, component, columns: [...new Set([names[i], names[j]])], value: entry }));
    });
  });
}
