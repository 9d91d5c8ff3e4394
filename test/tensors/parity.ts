/**
 * One suite for every backend: costs, softmins and responsibilities of tensors, and their gradients, against the
 * float64 oracle. Rows and means are rounded to float32 before either sees them: what is compared is the arithmetic. A
 * whitened coordinate of size z is then wrong by a few 6e-8 · z, and a cost of size c by a few 6e-8 · c.
 */
import { describe } from 'vitest';
import { logCostGradients } from './log-cost-gradients.js';
import { logCostParity } from './log-cost.js';
import { softminGradients } from './softmin-gradients.js';
import { softminParity } from './softmin.js';

export function describeTensors(name: string, backend: string): void {
  describe(`${name}: logCost`, () => logCostParity(backend));
  describe(`${name}: gradients of logCost`, () => logCostGradients(backend));
  describe(`${name}: softmin and responsibilities`, () => softminParity(backend));
  describe(`${name}: gradients of softmin and responsibilities`, () => softminGradients(backend));
}
