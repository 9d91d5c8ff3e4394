// Rows of Gaussians of standard normal numbers, in place: x = μ + L z, or μ + s z. Lanes are columns. Every sum begins at 0
// and goes through the columns in their order, whichever rows are worked on together (src/families/gaussian-sampler.ts).

/** Columns of the rows, and bytes of a row; columns of the means `[k, width]`, whole blocks of four. */
let d: i32 = 0;
let stride: usize = 0;
let width: i32 = 0;
let k: i32 = 0;
let means: usize = 0;
/** Factors: `[k or 1, …]`, bytes from one to the next (0: all components share one); or deviations `[k, width]`. */
let factors: usize = 0;
let factorStep: usize = 0;
/** Scratch: where rows lie, by component; and where those of each component end `[k]`. */
let order: usize = 0;
let ends: usize = 0;

export function placeGaussians(k_: i32, d_: i32, meansAt: usize, factorsAt: usize, factorBytes: usize, orderAt: usize, endsAt: usize): void {
  k = k_; d = d_; stride = usize(d_) << 3; width = (d_ + 3) & ~3;
  means = meansAt; factors = factorsAt; factorStep = factorBytes; order = orderAt; ends = endsAt;
}

/** Rows `[rows, d]` at `x` by factors L of matrices; labels are int32 `[rows]`. */
export function shear(x: usize, rows: i32, labels: usize): void {
  group(x, rows, labels);
  let from = order;
  for (let c = 0; c < k; c++) {
    const to = order + (usize(i32.load(ends + (usize(c) << 2))) << 2);
    for (const last = to - 4; from < to; from += 16) {
      // The last row again where there are not four: the same is written more than once.
      fourRows(
        usize(i32.load(from)), usize(i32.load(min(from + 4, last))), usize(i32.load(min(from + 8, last))), usize(i32.load(min(from + 12, last))),
        means + (usize(c * width) << 3), factors + usize(c) * factorStep,
      );
    }
    from = to;
  }
}

/** Sorts rows by their labels. */
function group(x: usize, rows: i32, labels: usize): void {
  memory.fill(ends, 0, usize(k) << 2);
  const end = labels + (usize(rows) << 2);
  for (let at = labels; at < end; at += 4) {
    const own = ends + (usize(i32.load(at)) << 2);
    i32.store(own, i32.load(own) + 1);
  }
  let sum = 0;
  for (let c = 0; c < k; c++) {
    const own = ends + (usize(c) << 2), count = i32.load(own);
    i32.store(own, sum);
    sum += count;
  }
  for (let at = labels; at < end; at += 4, x += stride) {
    const own = ends + (usize(i32.load(at)) << 2), place = i32.load(own);
    i32.store(order + (usize(place) << 2), i32(x));
    i32.store(own, place + 1);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function store(at: usize, low: v128, high: v128, m0: v128, m1: v128, count: i32): void {
  const a = f64x2.add(m0, low), b = f64x2.add(m1, high);
  if (count >= 4) {
    v128.store(at, a); v128.store(at, b, 16);
    return;
  }
  if (count == 1) {
    v128.store64_lane(at, a, 0);
    return;
  }
  v128.store(at, a);
  if (count == 3) v128.store64_lane(at, b, 0, 16);
}

/**
 * Four rows of one component. L is packed by blocks of four of its rows i, the last block first: for j = 0 … i + 3 the
 * four entries L_ij, 0 above the diagonal and where there are no more rows. So what is written is no longer read.
 */
function fourRows(r0: usize, r1: usize, r2: usize, r3: usize, mean: usize, factor: usize): void {
  let p = factor;
  for (let i = width - 4; i >= 0; i -= 4) {
    let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    for (let j: usize = 0, end = usize(min(i + 4, d)) << 3; j < end; j += 8, p += 32) {
      const l0 = v128.load(p), l1 = v128.load(p, 16);
      let z = v128.load64_splat(r0 + j);
      a0 = f64x2.add(a0, f64x2.mul(l0, z)); a1 = f64x2.add(a1, f64x2.mul(l1, z));
      z = v128.load64_splat(r1 + j);
      b0 = f64x2.add(b0, f64x2.mul(l0, z)); b1 = f64x2.add(b1, f64x2.mul(l1, z));
      z = v128.load64_splat(r2 + j);
      c0 = f64x2.add(c0, f64x2.mul(l0, z)); c1 = f64x2.add(c1, f64x2.mul(l1, z));
      z = v128.load64_splat(r3 + j);
      e0 = f64x2.add(e0, f64x2.mul(l0, z)); e1 = f64x2.add(e1, f64x2.mul(l1, z));
    }
    const at = usize(i) << 3, count = d - i;
    const m0 = v128.load(mean + at), m1 = v128.load(mean + at, 16);
    store(r0 + at, a0, a1, m0, m1, count);
    store(r1 + at, b0, b1, m0, m1, count);
    store(r2 + at, c0, c1, m0, m1, count);
    store(r3 + at, e0, e1, m0, m1, count);
  }
}

/** Rows `[rows, d]` at `x` by deviations of columns; labels are int32 `[rows]`. */
export function stretch(x: usize, rows: i32, labels: usize): void {
  const line = usize(width) << 3, pairs = stride & ~15;
  for (const end = labels + (usize(rows) << 2); labels < end; labels += 4, x += stride) {
    const offset = usize(i32.load(labels)) * line, mean = means + offset, deviation = factors + offset;
    for (let j: usize = 0; j < pairs; j += 16) {
      v128.store(x + j, f64x2.add(v128.load(mean + j), f64x2.mul(v128.load(deviation + j), v128.load(x + j))));
    }
    if (pairs < stride) f64.store(x + pairs, f64.load(mean + pairs) + f64.load(deviation + pairs) * f64.load(x + pairs));
  }
}
