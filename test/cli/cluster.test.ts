/** Commands on workers in processes of this machine: as many as are asked for, and the same answers. */
import { beforeAll, expect, test } from 'vitest';
import { problem } from '../oracle/index.js';
import { otmix, temporaryFolder, type Outcome } from './otmix.js';

const folder = temporaryFolder();
const on = (workers: number): string[] => ['--cluster', 'processes', '--workers', String(workers)];

/** A run that ends well and complains of nothing. */
async function done(args: readonly string[]): Promise<Outcome> {
  const outcome = await otmix(folder.path, [...args, '-q'], { env: { SOURCE_DATE_EPOCH: '1700000000' } });
  expect([outcome.status, outcome.stderr]).toEqual([0, '']);
  return outcome;
}

/** What is printed, but for how long it took. */
const printed = ({ stdout }: Outcome): unknown =>
  JSON.parse(stdout, (key, value: unknown) => (key === 'seconds' ? undefined : value));

beforeAll(() => {
  for (const seed of [1, 2, 3]) {
    const { x } = problem('overlapping', { n: 1500, d: 2, k: 3, seed });
    folder.write(`rows-${seed}.csv`, `a,b\n${x.map((row) => row.join()).join('\n')}\n`);
  }
});

test('a fit is the same on one worker and on two, and so are its predictions', { timeout: 240_000 }, async () => {
  const fits: unknown[] = [];
  for (const workers of [1, 2]) {
    const [model, labels] = [`model-${workers}.json`, `labels-${workers}.csv`];
    fits.push(printed(await done(['fit', 'rows-*.csv', '-k', '3', ...on(workers), '--json', '--out', model])));
    await done(['predict', model, 'rows-*.csv', ...on(workers), '--proba', '--out', labels]);
  }
  expect(fits[1]).toEqual(fits[0]);
  const modelIn = (file: string): unknown =>
    JSON.parse(folder.read(file), (key, value: unknown) => (key === 'command' ? undefined : value));
  expect(modelIn('model-2.json')).toEqual(modelIn('model-1.json'));
  expect(folder.read('labels-2.csv')).toBe(folder.read('labels-1.csv'));
  expect(folder.read('labels-1.csv').trimEnd().split('\n')).toHaveLength(1 + 4500);
  // Without a cluster the rows are the same and so are the labels, though sums are added in another order.
  await done(['predict', 'model-1.json', 'rows-*.csv', '--out', 'alone.csv']);
  const labelsIn = (file: string): string[] =>
    folder
      .read(file)
      .split('\n')
      .map((line) => line.split(',')[1]);
  expect(labelsIn('alone.csv')).toEqual(labelsIn('labels-1.csv'));
});

test('so is what select finds', { timeout: 240_000 }, async () => {
  const select = ['select', 'rows-*.csv', '-k', '2:3', '--covariance', 'full,diag', '--json'];
  const one = printed(await done([...select, ...on(1)])) as { candidates: unknown[] };
  expect(one.candidates).toHaveLength(4);
  expect(printed(await done([...select, ...on(2)]))).toEqual(one);
});

test('doctor has a line for each worker', { timeout: 240_000 }, async () => {
  const { status, stdout } = await otmix(folder.path, ['doctor', ...on(2)]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^worker +machine +backend +adapter +threads +otmix +Node/m);
  expect(stdout.match(/^[01] +\S+ +wasm/gm)).toHaveLength(2);
});

test.each([
  [['--workers', '2'], '--workers'],
  [['--cluster', 'processes', '--workers', '0'], '--workers'],
])('one line says what is wrong with %j', async (flags, named) => {
  const { status, stderr } = await otmix(folder.path, ['fit', 'rows-*.csv', '-k', '2', ...flags]);
  expect(status).toBe(2);
  expect(stderr).toMatch(new RegExp(`^otmix: ${named}: expected .*\\n$`));
});
