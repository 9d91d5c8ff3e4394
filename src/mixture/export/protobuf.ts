/**
 * Messages of Protocol Buffers, as far as ONNX has them: https://protobuf.dev/programming-guides/encoding. A writer of our
 * own, since what a model needs is these four kinds of fields, and a library would be a dependency of every user.
 */

/** A field of a message, encoded. */
export type Field = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const text = new TextEncoder();

/** A whole number ≥ 0, or of more bytes one below 0: int32, int64 or an enum. */
export function integer(number: number, value: number): Field {
  return [key(number, VARINT), varint(BigInt(value))];
}

/** Text, as UTF-8. */
export function string(number: number, value: string): Field {
  return bytes(number, text.encode(value));
}

/** Bytes as they are. */
export function bytes(number: number, value: Uint8Array): Field {
  return [key(number, LENGTH_DELIMITED), varint(BigInt(value.length)), value];
}

/** A message within a message. */
export function message(number: number, fields: readonly Field[]): Field {
  return bytes(number, encoded(fields));
}

/** One field for each value. */
export function repeated<T>(number: number, values: readonly T[], field: (number: number, value: T) => Field): Field {
  return values.flatMap((value) => field(number, value));
}

/** A message: its fields one after the other. */
export function encoded(fields: readonly Field[]): Uint8Array {
  const parts = fields.flat();
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function key(number: number, type: number): Uint8Array {
  return varint(BigInt(number * 8 + type));
}

/** Seven bits a byte, the lowest first; what is below 0 as 64 bits in two's complement. */
function varint(value: bigint): Uint8Array {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    groups.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(groups);
}
