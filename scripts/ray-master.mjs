/**
 * A fit on a cluster in a process of its own: `node scripts/ray-master.mjs JSON`, of `{ data, options, killAt }`. It kills
 * itself soon after iteration `killAt`, as kill -9 does, in the midst of what it does then. Else it prints the bits of the
 * result last.
 */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { bitsOf } from './bits.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { fitMixture } = await import(join(root, 'dist/node/index.js'));
const { openSource } = await import(join(root, 'dist/node/sources.js'));
const { data, options, killAt = Infinity } = JSON.parse(process.argv[2]);

/** Less than three iterations on Ray take, ms. */
const SOON = 8;
let dying = false;

function onProgress({ phase, iteration }) {
  if (phase !== 'fit' || iteration < killAt || dying) return;
  dying = true;
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), SOON * Math.random());
}

console.log(bitsOf(await fitMixture(await openSource(data), { ...options, onProgress })));
