import { writeFileSync } from 'node:fs';

/** Rows of three clusters as a NumPy file, by a seed. */
export function writeNpy(path, rows, columns, seed) {
  let state = seed;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const cluster = Math.floor(3 * uniform());
    for (let j = 0; j < columns; j++) values[row * columns + j] = normal() + 2.5 * cluster * (j + 1) + 100;
  }
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`.padEnd(117) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(118)}\x00${header}`, 'latin1');
  writeFileSync(path, Buffer.concat([head, Buffer.from(values.buffer)]));
}
