/**
 * A fit on a cluster in a process of its own, which scripts/ray-check.mjs kills: `node scripts/ray-master.mjs JSON`, of
 * `{ data, options }`. Prints a line for each iteration, and the bits of the result last.
 */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { bitsOf } from './bits.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { fitMixture } = await import(join(root, 'dist/node/index.js'));
const { openSource } = await import(join(root, 'dist/node/sources.js'));
const { data, options } = JSON.parse(process.argv[2]);

const onProgress = ({ phase, iteration }) => phase === 'fit' && console.log(`iteration ${iteration}`);
console.log(bitsOf(await fitMixture(await openSource(data), { ...options, onProgress })));
