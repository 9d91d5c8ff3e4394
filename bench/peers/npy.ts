import { open } from 'node:fs/promises';

/** The header of a version 1.0 .npy file: little-endian, row-major, padded to a multiple of 64 bytes. */
export function npyHeader(descr: '<f4' | '<f8', shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const preamble = 10; // magic (6), version (2), header length (2)
  const length = Math.ceil((preamble + fields.length + 1) / 64) * 64 - preamble;
  const header = Buffer.alloc(preamble + length);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(`${fields.padEnd(length - 1)}\n`, preamble, 'latin1');
  return header;
}

/** Writes a row-major array to a .npy file, on a little-endian machine. */
export async function writeNpy(
  path: string,
  data: Float32Array | Float64Array,
  shape: readonly number[],
): Promise<void> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new Error(`writeNpy: expected ${count} values for [${shape.join(', ')}], got ${data.length}; pass all rows`);
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const step = 2 ** 28; // one write call takes less than 2 GiB
  const file = await open(path, 'w');
  try {
    await file.writeFile(npyHeader(data instanceof Float32Array ? '<f4' : '<f8', shape));
    for (let at = 0; at < bytes.length; at += step) await file.writeFile(bytes.subarray(at, at + step));
  } finally {
    await file.close();
  }
}
