// Four vectors of four lanes turned: the first of all of them, the second …

// @ts-ignore: decorators are AssemblyScript's
@inline
export function first(a: v128, b: v128, c: v128, e: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(c, e, 0, 4, 1, 5), 0, 2);
}

// @ts-ignore
@inline
export function second(a: v128, b: v128, c: v128, e: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(c, e, 0, 4, 1, 5), 1, 3);
}

// @ts-ignore
@inline
export function third(a: v128, b: v128, c: v128, e: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<f32>(a, b, 2, 6, 3, 7), v128.shuffle<f32>(c, e, 2, 6, 3, 7), 0, 2);
}

// @ts-ignore
@inline
export function fourth(a: v128, b: v128, c: v128, e: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<f32>(a, b, 2, 6, 3, 7), v128.shuffle<f32>(c, e, 2, 6, 3, 7), 1, 3);
}
