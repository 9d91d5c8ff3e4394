/** How a model is written into its buffer. */
import { HEADER_QUADS, modelLayout, modelQuads, sharedLayout, sharedStart, type ModelLayout } from './layout.js';
import { linearLayout, packLinear } from './linear-layout.js';
import type { GpuModel, GpuShape } from './model.js';
import { studentNumbers } from './student.wgsl.js';

/** Length of a packed model, floats. */
export function modelSize(shape: GpuShape): number {
  return 4 * (linearLayout(shape)?.end ?? modelQuads(shape));
}

/**
 * Packs a model as `modelLayout` and `linearLayout` say. Components that fill up get zeros: finite logits that nobody
 * stores.
 */
export function packModel(model: GpuModel): Float32Array<ArrayBuffer> {
  const { form, k, d, means, whitening, offsets } = model;
  const layout = modelLayout(model);
  const packed = new Float32Array(modelSize(model));
  packed.set([model.rate, model.centre]);
  for (let c = 0; c < k; c++) {
    const at = 4 * (HEADER_QUADS + c * layout.stride);
    packed[at] = offsets[c];
    if (model.degrees) packed.set(studentNumbers(model, model.degrees[c]), at + 1);
    if (d === 0) continue;
    packed.set((model.shared?.means ?? means).subarray(c * d, (c + 1) * d), at + 4);
    if (model.shared) continue;
    const factor = packed.subarray(at + 4 * layout.whitening, at + 4 * layout.stride);
    if (form === 'full') packFactor(whitening.subarray(c * d * d, (c + 1) * d * d), layout, factor);
    else if (form === 'tied') packFactor(whitening, layout, factor);
    else if (form === 'diag') factor.set(whitening.subarray(c * d, (c + 1) * d));
    else factor.fill(whitening[c], 0, d);
  }
  if (model.shared) packShared(model, model.shared.origin, packed.subarray(4 * sharedStart(model)));
  const linear = linearLayout(model);
  if (linear) packLinear(model, linear, packed);
  return packed;
}

function packShared(model: GpuModel, origin: Float32Array, into: Float32Array): void {
  const layout = sharedLayout(model);
  into.set(origin, 4);
  packFactor(model.whitening, layout, into.subarray(4 * layout.whitening));
}

function packFactor(w: Float32Array, { d, block }: ModelLayout, into: Float32Array): void {
  const width = 4 * block;
  let at = 0;
  for (let j = 0; j < d; j += width) {
    for (let i = 0; i < j + width; i++) {
      for (let lane = j; lane < j + width; lane++) into[at++] = i <= lane && lane < d ? w[i * d + lane] : 0;
    }
  }
}
