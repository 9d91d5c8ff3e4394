/**
 * The demonstration: fits mixtures to real data that the npm package `vega-datasets` ships, with the commands it
 * prints, and leaves reports and models in demo/.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = 'dist/src/cli/main.js';
const data = 'node_modules/vega-datasets/data';

const steps = [
  {
    title: 'Three million flights: when they leave, how far they go, how late they are',
    notes: [
      'Minutes, miles and hours repeat exactly in these data; --regularization 1 widens every component by one unit, so',
      'that none collapses on a single value.',
    ],
    args: [
      'fit',
      `SELECT delay, distance, date_part('hour', date) + date_part('minute', date) / 60.0 AS hour FROM '${data}/flights-3m.parquet'`,
      ...['-k', '6', '--regularization', '1'],
      ...['--out', 'demo/flights.json', '--report', 'demo/flights.html'],
    ],
  },
  {
    title: 'Forty thousand places: the contiguous United States as twenty ellipses',
    notes: ['Two starts, of which the better one is kept.'],
    args: [
      'fit',
      `SELECT longitude, latitude FROM '${data}/zipcodes.csv' WHERE longitude BETWEEN -125 AND -66 AND latitude BETWEEN 24 AND 50`,
      ...['-k', '20', '--restarts', '2', '--out', 'demo/zipcodes.json', '--report', 'demo/zipcodes.html'],
    ],
  },
  {
    title: 'Penguins: how many species? (there are three)',
    notes: ['Fits every k from 1 to 6 with three covariance types and takes the lowest icl.'],
    args: [
      ...['select', `${data}/penguins.json`, '-k', '1:6', '--covariance', 'full,tied,diag', '--criterion', 'icl'],
      ...['--columns', 'Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g)', '--missing', 'drop'],
      ...['--restarts', '5', '--out', 'demo/penguins.json', '--report', 'demo/penguins.html'],
    ],
  },
  {
    title: 'Three thousand movies: a table of several kinds of columns, with gaps',
    notes: [
      'A family is proposed for each column, and printed as an option to paste. A quarter of the Rotten Tomatoes ratings is',
      'missing: --missing model fits what rows have. Its report shows what was put in beside what is there.',
    ],
    args: [
      ...['fit', `${data}/movies.json`, '-k', '4', '--family', 'auto', '--missing', 'model', '--restarts', '3'],
      '--columns',
      'Production Budget,Worldwide Gross,Rotten Tomatoes Rating,IMDB Rating,IMDB Votes,MPAA Rating,Major Genre,Source',
      ...['--out', 'demo/movies.json', '--report', 'demo/movies.html'],
    ],
  },
];

process.chdir(root);
for (const needed of [command, data]) {
  if (existsSync(needed)) continue;
  console.error(`demo: expected ${needed}, got none; run npm ci && npm run demo`);
  process.exit(2);
}
mkdirSync('demo', { recursive: true });
const started = performance.now();
for (const { title, notes, args } of steps) {
  console.log(`\n=== ${title}\n${notes.join('\n')}\n\n$ otmix ${args.map(quoted).join(' ')}\n`);
  const status = await run(args);
  if (status !== 0) process.exit(status);
}
console.log(`\nAll of it took ${((performance.now() - started) / 1000).toFixed(0)} s. Open the reports in a browser:`);
for (const name of ['flights', 'zipcodes', 'penguins', 'movies'])
  console.log(`  ${pathToFileURL(`demo/${name}.html`).href}`);

/** Runs otmix on this terminal and resolves to its exit status. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}

/** An argument as a shell takes it. */
function quoted(argument) {
  if (/^[\w.,:/=+-]+$/.test(argument)) return argument;
  return argument.includes("'") ? `"${argument.replace(/["$`\\]/g, '\\$&')}"` : `'${argument}'`;
}
