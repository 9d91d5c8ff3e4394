import { tf } from '#tfjs';
import type { TypedArray } from '@tensorflow/tfjs';
import { isMatrix } from '../../../kernels/form.js';
import { sweepKernel } from '../../../kernels/sweep.js';
import type { PackedShape, PlanModel } from '../model.js';
import { emptyMoments, takeOffMass, type Moments } from '../moments.js';
import { addOver, type BlockSweep } from './block-sweep.js';
import { tensorModel } from './model.js';

/** Sweeps of blocks by whitened differences. Makes tensors on the active backend. */
export function whitenedSweep(model: PlanModel, coupling: boolean, backend: string): BlockSweep {
  const { inputs, attributes, reference, temperature } = tensorModel(model, backend);
  const moments = emptyMoments(model.components, { coupling });
  return {
    ...{ moments, reference, temperature },
    swept: ({ x, weights, groups }, centre) =>
      sweepKernel({ x, weights, ...inputs }, { ...attributes, groups, centre, coupling }),
    add: (outputs, groups) => addGroups(moments, outputs, groups, model.components),
    finish: () => takeOffMass(moments),
    dispose: () => tf.dispose(Object.values(inputs)),
  };
}

function addGroups(
  { mass, quadratic, linear, coupling }: Moments,
  [objective, ...sums]: readonly TypedArray[],
  groups: number,
  { k, ...shape }: PackedShape,
): TypedArray {
  const rest = sums.values();
  const add = (into: Float64Array, inner: number): void =>
    addOver(into, rest.next().value as TypedArray, groups, inner);
  add(mass, k);
  for (const [index, { first, second, radial }] of quadratic.entries()) {
    const { form, d } = shape.quadratic[index];
    add(first, d);
    add(second, isMatrix(form) ? d * d : d);
    if (radial) {
      add(radial.weight, 1);
      add(radial.logarithm, 1);
    }
  }
  if (linear) add(linear, linear.length);
  if (coupling) add(coupling, k * k);
  return objective;
}
