// XXH64 of whole stripes of 32 bytes (Y. Collet, xxHash fast digest algorithm, version 0.2.0), without its steps for what is
// left of a stripe. Rounds are bijections: any change within one word of 8 bytes changes the checksum.

const P1: u64 = 0x9e3779b185ebca87, P2: u64 = 0xc2b2ae3d27d4eb4f, P3: u64 = 0x165667b19e3779f9, P4: u64 = 0x85ebca77c2b2ae63;

/** Sums of the four words of each stripe so far, and how many bytes these were. */
let a: u64, b: u64, c: u64, d: u64, length: u64;

/** Begins another checksum, of a seed that is a whole number below 2⁵³. */
export function begin(seed: f64): void {
  const own = u64(seed);
  a = own + P1 + P2;
  b = own + P2;
  c = own;
  d = own - P1;
  length = 0;
}

/** Adds bytes, a multiple of 32. */
export function add(from: usize, bytes: i32): void {
  let s0 = a, s1 = b, s2 = c, s3 = d;
  for (let at = from, end = from + usize(bytes); at < end; at += 32) {
    s0 = round(s0, load<u64>(at));
    s1 = round(s1, load<u64>(at, 8));
    s2 = round(s2, load<u64>(at, 16));
    s3 = round(s3, load<u64>(at, 24));
  }
  a = s0; b = s1; c = s2; d = s3;
  length += u64(bytes);
}

/** Writes the checksum of all bytes since `begin`, at least one stripe: 8 bytes. */
export function end(into: usize): void {
  let hash = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
  hash = merged(merged(merged(merged(hash, a), b), c), d) + length;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  store<u64>(into, hash ^ (hash >> 32));
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function round(sum: u64, word: u64): u64 {
  return rotl(sum + word * P2, 31) * P1;
}

function merged(hash: u64, sum: u64): u64 {
  return (hash ^ round(0, sum)) * P1 + P4;
}
