import { Gaps } from '../sweep/exact/gaps.js';
import { soleQuadratic, type PackedModel } from '../sweep/model.js';
import { weighted, type Filler } from './family.js';

/** What rows lack, by its mean given what they have: μ_m + B (x_o − μ_o) under each component. */
export function gaussianFiller(packed: PackedModel<Float64Array>): Filler {
  const { k, d, means, form } = soleQuadratic(packed);
  const gaps = new Gaps(packed.quadratic[0], k);
  return (row, shares) => {
    const gap = gaps.of(row, 0);
    if (!gap) return;
    const { missing, factors } = gap;
    const filled = missing.map((column, i) =>
      weighted(shares, (c) => {
        let mean = means[c * d + column];
        if (factors.length === 0) return mean;
        const { b } = factors[form === 'tied' ? 0 : c];
        for (let j = 0; j < d; j++) if (!Number.isNaN(row[j])) mean += b[i * d + j] * (row[j] - means[c * d + j]);
        return mean;
      }),
    );
    missing.forEach((column, i) => (row[column] = filled[i]));
  };
}
