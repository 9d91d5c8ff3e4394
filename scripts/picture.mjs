/**
 * Draws the README's picture from the model that the demo leaves behind: `npm run demo && node scripts/picture.mjs`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadMixture } from '../dist/src/index.js';
import { renderPicture } from '../dist/src/report/index.js';
import { openSource } from '../dist/src/sources.js';

const places = `SELECT longitude, latitude FROM 'node_modules/vega-datasets/data/zipcodes.csv'
  WHERE longitude BETWEEN -125 AND -66 AND latitude BETWEEN 24 AND 50`;
const mixture = await loadMixture('demo/zipcodes.json');
const rows = [];
for await (const { values } of (await openSource(places, { every: 10 })).batches()) {
  for (let at = 0; at < values.length; at += 2) rows.push([values[at], values[at + 1]]);
}
const labels = Array.from(await mixture.predict(rows));
const { weights, means, covariances, columns, k, d } = mixture;
const picture = await renderPicture(
  { columns, n: rows.length, d, k, weights, means, covariances, sample: { rows, labels } },
  columns,
  { width: 760, height: 460 },
);
await mkdir('docs', { recursive: true });
await writeFile('docs/zipcodes.svg', picture);
