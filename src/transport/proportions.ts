import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';

/**
 * Proportions `[k]`, positive, made to sum to 1 exactly; throws `InputError('option')` for what are none. `noise`: whether the
 * last is that of noise, one more than there are components.
 */
export function proportions(weights: unknown, components: number, where: string, noise = false): Float64Array {
  const k = noise ? components + 1 : components;
  const list = isList(weights) ? Array.from(weights) : [];
  const sound = list.filter((weight): weight is number => typeof weight === 'number' && weight > 0);
  const sum = sound.reduce((total, weight) => total + weight, 0);
  if (list.length === k && sound.length === k && Math.abs(sum - 1) <= 1e-6) {
    return Float64Array.from(sound, (weight) => weight / sum);
  }
  throw new InputError('option', {
    where,
    expected: `${k} positive numbers that sum to 1, one per component${noise ? ' and the last for the noise' : ''}`,
    got: describe(weights, list, sum),
    remedy:
      list.length === k && sound.length < k
        ? 'fit fewer components where one is to hold nothing'
        : `give every component${noise ? ' and the noise' : ''} its share of the rows`,
  });
}

function describe(weights: unknown, list: readonly unknown[], sum: number): string {
  if (weights === undefined || weights === null) return 'none';
  if (!isList(weights)) return shown(weights);
  const some = list.slice(0, 10).map(shown).join(', ');
  return `${list.length}${list.length > 0 ? `: ${some}${list.length > 10 ? ', …' : ''}, sum ${Number(sum.toPrecision(9))}` : ''}`;
}

/** ρ of the marginal `relaxed`, nats; throws `InputError('option')` unless it is positive and finite. */
export function strength(rho: unknown): number {
  if (typeof rho === 'number' && rho > 0 && rho < Infinity) return rho;
  throw new InputError('option', {
    where: 'marginal.rho',
    expected: 'a finite number > 0, nats',
    got: shown(rho),
    remedy: "use 1 to begin with, more to draw harder, or { kind: 'fixed' } for the limit",
  });
}
