/**
 * Two centuries of addresses, clustered by their words alone: directions of tf–idf vectors by von Mises–Fisher components,
 * and counts by multinomial ones. What the components say, when they speak, and how well that agrees with the decades.
 *
 *     npm ci && node examples/text/text.mjs [text.svg or a folder]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fitMixture, multinomial, vonMisesFisher } from 'otmix';
import { addresses, counted } from './corpus.mjs';
import { drawn } from './picture.mjs';

const K = 6;
const WORDS = 400;
const ERA = 40; // years: 1790 to 2020 in as many eras as there are components

const texts = await addresses();
const { words, counts, idf } = counted(texts, WORDS);
const years = texts.map(({ year }) => year);
console.log(`${texts.length} addresses, ${years[0]} to ${years.at(-1)}, by ${words.length} words`);

// Directions: log counts, weighted by how much a word tells, of length 1.
const directions = counts.map((row) => {
  const vector = row.map((count, w) => Math.log(1 + count) * idf[w]);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
});
const models = [
  { name: 'von Mises–Fisher', rows: directions, family: vonMisesFisher(), profile: ({ means: own }) => own },
  { name: 'multinomial', rows: counts, family: multinomial(), profile: ({ probabilities: own }) => own },
];

const panels = [];
for (const { name, rows, family, profile } of models) {
  const options = { components: K, family, seed: 1, restarts: 10, backend: 'wasm' };
  const { mixture, criteria, iterations } = await fitMixture(rows, options);
  const labels = Array.from(await mixture.predict(rows, { backend: 'wasm' }));
  const eras = years.map((year) => Math.floor((year - years[0]) / ERA));
  const decades = years.map((year) => Math.floor(year / 10));
  const agreement = { eras: adjustedRand(labels, eras), decades: adjustedRand(labels, decades) };
  console.log(`\n${name}: log-likelihood ${criteria.logLikelihood.toFixed(1)} after ${iterations} iterations`);
  console.log(`  adjusted Rand index ${agreement.eras.toFixed(3)} with eras of ${ERA} years, ${agreement.decades.toFixed(3)} with decades`); // prettier-ignore
  const told = characteristic(profile(mixture.components[0]), mixture.weights).map((own) => own.slice(0, 8));
  const order = told.map((_, c) => c).sort((a, b) => middleYear(labels, a) - middleYear(labels, b));
  for (const c of order) {
    const own = years.filter((_, i) => labels[i] === c);
    console.log(`  ${String(own.length).padStart(3)} of ${Math.min(...own)}–${Math.max(...own)}, about ${middleYear(labels, c)}: ${told[c].map((w) => words[w]).join(', ')}`); // prettier-ignore
  }
  const lanes = order.map((c) => ({ years: years.filter((_, i) => labels[i] === c), words: told[c].map((w) => words[w]) })); // prettier-ignore
  panels.push({ title: `${name}, adjusted Rand index ${agreement.eras.toFixed(2)} with eras of ${ERA} years`, lanes });
}

const [, , asked = 'text.svg'] = process.argv;
const picture = extname(asked) === '' ? join(asked, 'text.svg') : asked; // a folder, or the file
await mkdir(dirname(picture), { recursive: true });
await writeFile(picture, drawn(panels, [years[0], years.at(-1)]));
console.log(`\ndrawn: ${picture}`);

/** Words of each component by what sets it apart: p log (p / mean p), with p its shares of the words. */
function characteristic(profiles, weights) {
  const shares = profiles.map((row) => {
    const positive = row.map((value) => Math.max(value, 0));
    const sum = positive.reduce((a, b) => a + b, 0);
    return positive.map((value) => value / sum);
  });
  const mean = words.map((_, w) => shares.reduce((sum, row, c) => sum + weights[c] * row[w], 0));
  return shares.map((row) => {
    const score = row.map((share, w) => (share > 0 ? share * Math.log(share / mean[w]) : 0));
    return words.map((_, w) => w).sort((a, b) => score[b] - score[a]);
  });
}

function middleYear(labels, c) {
  const own = years.filter((_, i) => labels[i] === c);
  return own[Math.floor(own.length / 2)];
}

/** Hubert & Arabie 1985: 1 for the same partition, 0 on average for a random one. */
function adjustedRand(a, b) {
  const pairs = (n) => (n * (n - 1)) / 2;
  const tally = (keys) => [...keys.reduce((map, key) => map.set(key, (map.get(key) ?? 0) + 1), new Map()).values()];
  const sum = (keys) => tally(keys).reduce((total, n) => total + pairs(n), 0);
  const [both, one, other] = [sum(a.map((label, i) => `${label} ${b[i]}`)), sum(a), sum(b)];
  const expected = (one * other) / pairs(a.length);
  return (both - expected) / ((one + other) / 2 - expected);
}
