/** Proportions of components, and noise beside these, as flags of the command. */
import { InputError } from '../base/errors.js';
import type { NoiseOption } from '../fit/noise.js';
import type { Marginal } from '../transport/marginal.js';

export interface NoiseFlags {
  readonly noise?: true;
  readonly noiseDensity?: number;
}

export interface MarginalFlags {
  readonly marginal: Marginal['kind'];
  readonly weights?: number[];
  readonly rho?: number;
}

/** Whether flags ask for noise. */
export function isNoisy({ noise, noiseDensity }: NoiseFlags): boolean {
  return noise === true || noiseDensity !== undefined;
}

/** Noise as flags ask for it. */
export function noiseOf({ noiseDensity: density }: NoiseFlags): NoiseOption {
  return density === undefined ? true : { density };
}

/** The marginal that flags name; throws `InputError('option')` where one is missing or says nothing. */
export function marginalOf({ marginal, weights, rho }: MarginalFlags, noisy: boolean): Marginal {
  const wrong = (where: string, expected: string, got: string, remedy: string): InputError =>
    new InputError('option', { where, expected, got, remedy });
  if (marginal === 'free' && weights) {
    throw wrong('--weights', '--marginal fixed or relaxed with it', '--marginal free', 'add --marginal fixed');
  }
  if (marginal !== 'relaxed' && rho !== undefined) {
    throw wrong('--rho', '--marginal relaxed with it', `--marginal ${marginal}`, 'leave it out, or relax the marginal');
  }
  if (marginal === 'free') return { kind: marginal };
  if (!weights) {
    const remedy = noisy
      ? 'add one per component and the last for noise, as in .2,.7,.1'
      : 'add one per component, as in .2,.8';
    throw wrong('--weights', `proportions with --marginal ${marginal}`, 'none', remedy);
  }
  if (marginal === 'fixed') return { kind: marginal, weights };
  if (rho === undefined) throw wrong('--rho', 'how strongly to draw, with --marginal relaxed', 'none', 'add --rho 1');
  return { kind: marginal, weights, rho };
}
