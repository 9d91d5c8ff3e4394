/** `otmix online`: rows on standard input, a model file that is always whole. */
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { loadMixture, OnlineMixture } from '../../src/index.js';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

/** Rows around (0, 0) and (8, 8). */
function rowsOf(count: number, seed: number): string[] {
  const { normal } = seededRandom(seed);
  return Array.from({ length: count }, (_, row) => [normal(), normal()].map((z) => (z + 8 * (row % 2)).toFixed(4)).join()); // prettier-ignore
}
const text = (rows: readonly string[]): string => `x,y\n${rows.join('\n')}\n`;

test('begins a model, goes on from it, and tells of each batch; what is left at the end counts too', async () => {
  const rows = rowsOf(650, 1);
  const begun = await otmix(folder.path, ['online', 'new.json', '-k', '2', '--batch', '200', '--json'], {
    stdin: text(rows.slice(0, 450)),
  });
  expect([begun.status, begun.stderr]).toEqual([0, expect.stringMatching(/\notmix: 450 rows, batch 3, .* nats a row in it; wrote new\.json\n$/)]); // prettier-ignore
  const told = begun.stdout.trim().split('\n').map((line) => JSON.parse(line) as { batch: number; rows: number; meanLogLikelihood: number }); // prettier-ignore
  expect(told.map(({ batch, rows: own }) => [batch, own])).toEqual([[1, 200], [2, 200], [3, 50]]); // prettier-ignore
  const on = await otmix(folder.path, ['online', 'new.json', '--batch', '200', '-q'], {
    stdin: text(rows.slice(450)),
  });
  expect([on.status, on.stdout, on.stderr]).toEqual([0, '', '']);
  const mixture = await loadMixture(`${folder.path}/new.json`);
  const [low, high] = mixture.means.map(([mean]) => mean).sort((a, b) => a - b);
  expect([Math.abs(low) < 0.3, Math.abs(high - 8) < 0.3]).toEqual([true, true]);
  expect((await OnlineMixture.load(`${folder.path}/new.json`)).batches).toBe(4);
});

test('takes families, levels by name and columns in another order', async () => {
  const lines = Array.from({ length: 300 }, (_, row) => `${['north', 'south'][row % 2]},${3 + 20 * (row % 2) + (row % 3)},${row}`); // prettier-ignore
  const family = ['--family', 'categorical:region,poisson:visits,ignore:id', '-k', '2'];
  const input = `region,visits,id\n${lines.join('\n')}\n`;
  const begun = await otmix(folder.path, ['online', 'people.json', ...family, '--batch', '150', '-q'], {
    stdin: input,
  });
  expect([begun.status, begun.stderr]).toEqual([0, '']);
  const turned = `visits,region\n${lines.map((line) => line.split(',').slice(0, 2).reverse().join()).join('\n')}\n`;
  const on = await otmix(folder.path, ['online', 'people.json', '--batch', '150', '-q'], { stdin: turned });
  expect([on.status, on.stderr]).toEqual([0, '']);
  const mixture = await loadMixture(`${folder.path}/people.json`);
  expect(mixture.levels[0]).toEqual(['north', 'south']);
  const visits = mixture.columnMeans.map((means) => Math.round(means[1])).sort((a, b) => a - b);
  expect(visits).toEqual([4, 24]);
});

test('writes while rows still come, and ends by Ctrl-C with what whole batches have taught', async () => {
  const batches = async (count: number): Promise<void> => {
    for (;;) {
      const there = await OnlineMixture.load(`${folder.path}/live.json`).catch(() => undefined);
      if (there && there.batches >= count) return;
      await after(50);
    }
  };
  const args = ['online', 'live.json', '-k', '2', '--batch', '100', '--write', '0.2', '-q'];
  const { status, stderr } = await otmix(folder.path, args, {
    feed: (child) => {
      void (async () => {
        child.stdin?.write(text(rowsOf(300, 3)));
        await batches(3);
        child.stdin?.write(`${rowsOf(150, 4).join('\n')}\n`);
        await batches(4);
        child.kill('SIGINT');
      })();
    },
  });
  expect([status, stderr]).toEqual([130, '']);
  expect(JSON.parse(folder.read('live.json'))).toHaveProperty('provenance.online.rows', 400);
}, 60_000);

test('a row that is wrong is one line, and what came before it is kept', async () => {
  const input = `${text(rowsOf(400, 5))}1,2,3\n`;
  const { status, stderr } = await otmix(folder.path, ['online', 'kept.json', '-k', '2', '--batch', '100', '-q'], { stdin: input }); // prettier-ignore
  expect(status).toBe(2);
  expect(stderr).toMatch(/^otmix: standard input: expected 2 cells.*\n$/);
  expect((await OnlineMixture.load(`${folder.path}/kept.json`)).rows).toBeGreaterThanOrEqual(300);
});

test.each([
  [['online', 'none.json'], /expected none\.json, a model file that is there, or -k, got none; add -k 3/],
  [['online', 'there.json', '-k', '2'], /-k: expected a new model file with it, got there\.json/],
  [['online', 'a.json', '-k', '2', '--family', 'auto'], /--family: expected families by name/],
  [['online', 'a.json', '-k', '2', '--forgetting', '2'], /forgetting: expected a number above 0 and up to 1/],
  [['online', 'a.json', '-k', '2', '--learning-rate', '.2'], /learningRate: expected a number above 0.5/],
])('%j is one line', async (args, complaint) => {
  folder.write('there.json', '{}');
  const { status, stderr, stdout } = await otmix(folder.path, args, { stdin: text(rowsOf(20, 6)) });
  expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
  expect(stderr).toMatch(complaint);
});

test('a stream of nothing is one line', async () => {
  const { status, stderr } = await otmix(folder.path, ['online', 'b.json', '-k', '2'], { stdin: '' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/expected rows of text in cells, got nothing/)]);
});
