/** A reader of Protocol Buffers' wire format that has nothing in common with the writer. */
type Read = Map<number, (bigint | Buffer)[]>;

/** The fields of a message by number: whole numbers, or the bytes of all others. */
export function fieldsOf(message: Uint8Array): Read {
  const data = Buffer.from(message);
  const fields: Read = new Map();
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = data.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    if (![0, 2].includes(key % 8)) throw new Error(`wire type ${key % 8} at byte ${at}`);
    const value = varint();
    if (key % 8 === 2) at += Number(value);
    const own = key % 8 === 0 ? value : data.subarray(at - Number(value), at);
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), own]);
  }
  return fields;
}

/** The messages that a field holds. */
export function messagesOf(fields: Read, number: number): Read[] {
  return (fields.get(number) ?? []).map((one) => fieldsOf(one as Buffer));
}

/** The text of a field. */
export const textOf = (fields: Read, number: number): string => String(fields.get(number)?.[0]);
