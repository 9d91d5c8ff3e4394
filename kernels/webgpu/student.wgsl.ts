/**
 * A Student-t term: logit = offset − rate (ν + d) log(1 + q / ν), and u = (ν + d) / (ν + q), which weighs a row in the
 * moments. The limit of infinite ν is a Gaussian's offset − rate q, with u = 1.
 */
import type { KernelModel } from '../model.js';
import { LOG1P } from './arithmetic.wgsl.js';

/** 1/ν under which ν may be infinite: float32 sees no difference, and q/ν would be no normal number where q is small. */
const LEAST_INVERSE = 1e-18;

/** What a component's first quad has after its offset: 1/ν, rate (ν + d), and 1 + d/ν; in the limit 0, rate, and 1. */
export function studentNumbers({ rate, d }: Pick<KernelModel, 'rate' | 'd'>, degrees: number): number[] {
  const inverse = 1 / degrees;
  return inverse < LEAST_INVERSE ? [0, rate, 1] : [inverse, rate * (degrees + d), 1 + d * inverse];
}

export const STUDENT = /* wgsl */ `
${LOG1P}
fn studentLogit(q: vec4f, own: vec4f) -> vec4f {
  let cost = select(log1pOf(q * own.y), q, vec4<bool>(own.y == 0.0));
  return fma(cost, vec4f(-own.z), vec4f(own.x));
}
fn studentWeight(q: vec4f, own: vec4f) -> vec4f { return own.w / fma(q, vec4f(own.y), vec4f(1.0)); }`;

/** WGSL of a component's logits, given its squared distances and its first quad. */
export const studentLogit = (q: string, own: string): string => `studentLogit(${q}, ${own})`;

/** WGSL of its u. */
export const studentWeight = (q: string, own: string): string => `studentWeight(${q}, ${own})`;

/** WGSL of log u − u + 1, of which near 1 a square of 1 − u is left: log u − u would lose it beside −1. */
export const studentLogarithm = (u: string): string => `(logOf(${u}) - (${u} - 1.0))`;
