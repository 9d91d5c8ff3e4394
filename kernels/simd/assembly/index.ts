/**
 * The fused sweep for CPUs, over tiles of b rows that lie column by column, `[d, b]`: lanes are rows. b is a multiple of 8.
 */
import { madd } from './arithmetic';
import { addCandidates } from './candidates';
import { accumulateDifferences, accumulateSquares } from './differences';
import { accumulateGathered, gather } from './gather';
import { addLinear, hasLinear } from './linear';
import { accumulateLinear } from './linear-sums';
import { logits } from './logits';
import { accumulateMass, accumulateMatrix, accumulateShared, scatter } from './moments';
import { active, BALL, d, enough, gathered, k, kept, MATRIX, NONE, path, plan, SHARED, sumsCoupling, turned } from './state';
import { endWeighing, hasRadial, weigh } from './radial';
import { addNoted, endTile, note } from './rowwise';
import { addAll } from './sums';
import { transport } from './transport';

export { placeCandidates, seemsFew, sweepCandidates } from './candidates';
export { describe, encode, finite32, finite64, turn32, turn64, widen } from './columns';
export { boundEarlier, placeEarlier, sweepEarlier } from './earlier';
export { placeLevels } from './levels';
export { placeLinear } from './linear';
export { placeShares } from './linear-sums';
export { dropLists, listNonzeros, placeNonzeros, spreadLists, takeLists } from './nonzeros';
export { addDense64, addDistances64, addLevel64, begin64 } from './marginal-logits';
export { transport64 } from './marginal-plan';
export { addRadial64, weigh64 } from './marginal-radial';
export { placeRows64, weightBy64 } from './marginal-state';
export { addDenseSums64, addLevelSums64, addMasses64, addScatters64, addSquares64 } from './marginal-sums';
export { complete64, present64, project64, shear64, stretch64 } from './marginal-whitening';
export { keepNearest, potentials } from './nearest';
export { averages64, softmins32, softmins64 } from './pairs';
export { likeliest, posterior } from './posterior';
export { placeRadial } from './radial';
export { placeShorts, shortenNatural, turnTile } from './shorts';
export { sweepSparsely } from './sparse';
export { placeBounds, placeGathered, placeLists, placeModel, placeSums, placeTile, placeTurned, shape, sparseBelow, temper } from './state';

export { addBalls64, addEllipses64, addTimes64 } from './tiles64/distances';
export { placeBounds64, whitenLikely64 } from './tiles64/likely';
export { addDenseTile64, addLevelsTile64, addLevelSumsTile64, placeLevels64 } from './tiles64/linear';
export { addDenseSumsTile64 } from './tiles64/linear-sums';
export { addCouplingTile64, addDifferencesTile64, addMassesTile64, addProductsTile64, addScattersTile64, addSharedTile64 } from './tiles64/moments';
export { addRadialTile64, weighTile64 } from './tiles64/radial';
export { beginTile64, fold64, placeTiles64 } from './tiles64/state';
export { describeTile64, transportTile64 } from './tiles64/transport';
export { sumGathered64 } from './tiles64/waiting';
export { whitenAll64, whitenOne64 } from './tiles64/whiten';

/** One tile of a sweep: x `[d, b]`, row weights v `[b]`. Adds to the float32 sums. */
export function sweep(x: usize, v: usize): void {
  logits(x);
  transport(v);
  if (hasLinear()) accumulateLinear(x);
  if (kept) scatter(plan, kept, sumsCoupling, k);
  if (!hasRadial()) accumulate(x, v);
  else {
    const own = weigh();
    accumulate(x, v);
    endWeighing(own);
  }
}

/** Masses, first and second moments of a tile. */
function accumulate(x: usize, v: usize): void {
  let count = 0;
  for (let c = 0; c < k; c++) {
    const rows = accumulateMass(c);
    if (rows == 0 || path == NONE) continue;
    if (path == BALL) accumulateSquares(c);
    if (gathered && rows < enough) gather(x, c);
    else if (turned && rows < enough) note(x, c);
    else if (path == MATRIX) accumulateMatrix(x, c);
    else i32.store(active + (usize(count++) << 2), c);
  }
  if (path != MATRIX) accumulateDifferences(x, count);
  if (turned) endTile();
  if (path == SHARED) accumulateShared(v);
}

/** Adds the float32 sums to the float64 totals and clears them. To be called after at most 1024 rows. */
export function flush(): void {
  if (gathered) accumulateGathered();
  if (turned) addNoted();
  if (hasLinear()) addLinear();
  addCandidates();
  addAll();
}

/**
 * A multiply-add in registers and nothing else: 12 chains × 4 lanes × 2 operations × n. What a kernel is measured
 * against. The factors are not known to the compiler, which would make constants anew at every use.
 */
export function peak(n: i32, factor: f32, addend: f32): f32 {
  let a = f32x4.splat(1), b = a, c = a, e = a, f = a, g = a, h = a, i = a, j = a, l = a, m = a, o = a;
  const s = f32x4.splat(factor), t = f32x4.splat(addend);
  for (let x = 0; x < n; x++) {
    a = madd(a, s, t); b = madd(b, s, t); c = madd(c, s, t); e = madd(e, s, t); f = madd(f, s, t); g = madd(g, s, t);
    h = madd(h, s, t); i = madd(i, s, t); j = madd(j, s, t); l = madd(l, s, t); m = madd(m, s, t); o = madd(o, s, t);
  }
  const all = f32x4.add(f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, e)), f32x4.add(f32x4.add(f, g), f32x4.add(h, i))), f32x4.add(f32x4.add(j, l), f32x4.add(m, o)));
  return f32x4.extract_lane(all, 0);
}
