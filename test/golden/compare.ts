import { expectWithin } from '../within.js';

/** Parameters by name, nested arrays of numbers. */
type Named = Readonly<Record<string, unknown>>;

/** What of a fit has no parameters to compare, and why. */
const meaningless: Readonly<Record<string, string>> = {
  poisson_times_k3: 'two of three components coincide',
  negbin_quine_k2: 'one size runs to its bound',
};
/** Fits whose EM gains less than a twentieth of what is left in a step: they end far from their optimum's parameters. */
const slow = new Set(['lca_carcinoma_k4', 'lca_gss82_k2', 'lca_gss82_k3', 'poisson_times_k2', 'poisson_times_k3']);
/** Fits whose components coincide: their weights mean nothing. */
const weightless = new Set(['geometric_quine_k2', 'poisson_times_k3', 'negbin_quine_k2']);

/** Of parameters, relative to their size; and of those that tend to 0, absolute. */
const RELATIVE = 1e-4;
const ABSOLUTE = 1e-6;

/** Compares weights and blocks of parameters with a published optimum, component by component as the start has them. */
export function compareParameters(
  name: string,
  got: { readonly weights: readonly number[]; readonly components: readonly Named[] },
  known: { readonly weights: readonly number[]; readonly components: readonly Named[] },
): void {
  if (slow.has(name)) return;
  if (!weightless.has(name)) compareNumbers('weights', got.weights, known.weights);
  if (name in meaningless) return;
  known.components.forEach((block, b) => {
    for (const [parameter, values] of Object.entries(block)) {
      compareNumbers(`${parameter} of block ${b}`, numbersOf(got.components[b][parameter]), numbersOf(values));
    }
  });
}

function compareNumbers(what: string, got: readonly number[], known: readonly number[]): void {
  expectWithin(got.length, known.length, 0, `how many ${what}`);
  known.forEach((value, at) => {
    expectWithin(got[at], value, Math.max(RELATIVE * Math.abs(value), ABSOLUTE), `${what} [${at}]`);
  });
}

function numbersOf(values: unknown): number[] {
  return Array.isArray(values) ? values.flatMap(numbersOf) : [values as number];
}
