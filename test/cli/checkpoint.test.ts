/** kill -9 at any moment of a fit or a selection, and --resume: the same bytes as without. */
import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { problem } from '../oracle/index.js';
import { cases, size } from '../cases.js';
import { faithful, otmix, temporaryFolder, type Outcome } from './otmix.js';

const folder = temporaryFolder();
/** Model files tell when they were made. */
const env = { SOURCE_DATE_EPOCH: '1700000000' };

/** What a command says or writes, but for how long it took, and for where the rows lay. */
const whatMatters = (json: string): unknown =>
  JSON.parse(json, (key, value: unknown) => {
    if (key === 'seconds') return undefined;
    if (key === 'command') return String(value).replace(/ --memory 0| --direct-spill/g, '');
    if (key === 'notes')
      return (value as readonly string[]).filter((note) => !note.startsWith('the rows lie in a file'));
    return value;
  });

/** Runs a command that is killed at a moment, in seconds, and again until it ends by itself; says how often it died. */
async function throughDeaths(args: readonly string[], moment: () => number): Promise<Outcome> {
  for (let deaths = 0; ; deaths++) {
    const after = moment() * (1 + deaths / 4); // later each time, so that it ends
    let timer: NodeJS.Timeout | undefined;
    const feed = (child: ChildProcess): void => void (timer = setTimeout(() => child.kill('SIGKILL'), 1000 * after));
    const outcome = await otmix(folder.path, args, { env, feed }).finally(() => clearTimeout(timer));
    if (outcome.status !== null) return outcome;
  }
}

interface Work {
  readonly name: 'fit' | 'select' | 'gaps';
  readonly seed: number;
}

/**
 * Every other time the rows lie in a file, and of these every other time past the page cache: the same bits are expected
 * as of rows in memory.
 */
const placeOf = ({ seed }: Work): readonly string[] =>
  seed % 2 === 0 ? [] : ['--memory', '0', ...(seed % 4 === 1 ? [] : ['--direct-spill'])];

const { x } = problem('overlapping', { n: size(20_000, 6000), d: 3, k: 5, seed: 3 });
const work: Readonly<Record<Work['name'], readonly string[]>> = {
  fit: [
    'fit',
    'rows.csv',
    '-k',
    '6',
    '--restarts',
    '4',
    '--strategy',
    'short-runs',
    '--tolerance',
    '1e-4', // some 80 iterations, and a checkpoint after each
    '-q',
    '--json',
  ],
  gaps: [
    ...['fit', 'gaps.csv', '-k', '3', '--covariance', 'full', '--missing', 'model'],
    ...['--tolerance', '1e-7', '--max-iterations', '60', '-q', '--json'],
  ],
  select: ['select', 'rows.csv', '-k', '2:4', '--covariance', 'full,diag', '--restarts', '2', '-q', '--json'],
};
const table = (['fit', 'select'] as const).flatMap((name) =>
  Array.from({ length: 20 }, (_, seed): Work => ({ name, seed })),
);
/** Rows with gaps lie in a file each time. */
table.push(...Array.from({ length: 10 }, (_, at): Work => ({ name: 'gaps', seed: 2 * at + 1 })));

/** A line of a row, of which every third lacks a number. */
function withGap(row: readonly number[], at: number): string {
  return row.map((value, j) => (at % 9 === 3 * j ? '' : value)).join();
}

describe('kill -9', { timeout: 600_000 }, () => {
  const whole = new Map<string, Promise<{ outcome: Outcome; model: string; took: number }>>();
  const uninterrupted = (name: Work['name']): Promise<{ outcome: Outcome; model: string; took: number }> => {
    const run = async (): Promise<{ outcome: Outcome; model: string; took: number }> => {
      folder.write('rows.csv', `a,b,c\n${x.map((row) => row.join()).join('\n')}\n`);
      folder.write('gaps.csv', `a,b,c\n${x.slice(0, 2000).map(withGap).join('\n')}\n`);
      const began = performance.now();
      const outcome = await otmix(folder.path, [...work[name], '--out', 'model.json'], { env });
      expect(outcome.status).toBe(0);
      return { outcome, model: folder.read('model.json'), took: (performance.now() - began) / 1000 };
    };
    const found = whole.get(name) ?? run();
    whole.set(name, found);
    return found;
  };

  test.each(
    cases(
      table,
      ({ name, seed }) => [name, seed < 3 ? seed : undefined],
      undefined,
      ({ name, seed }) => [name, seed % 2],
    ),
  )('of a $name, seed $seed', async ({ name, seed }) => {
    const { outcome, model, took } = await uninterrupted(name);
    const random = seededRandom(seed, 0);
    const file = `${name}-${seed}.checkpoint`;
    const keeping = ['--out', 'model.json', '--checkpoint', file, '--checkpoint-every', '0', '--resume', file];
    const args = [...work[name], ...placeOf({ name, seed }), ...keeping];
    const last = await throughDeaths(args, () => random.uniform() * took * 1.2);
    expect([last.status, last.stderr]).toEqual([0, '']);
    expect(whatMatters(last.stdout)).toEqual(whatMatters(outcome.stdout));
    expect(whatMatters(folder.read('model.json'))).toEqual(whatMatters(model));
    expect(folder.names().filter((other) => other.startsWith(`${file}.`))).toEqual([]);
  });
});

test('what differs is named in one line', async () => {
  const args = ['fit', faithful, '-k', '2', '--max-iterations', '2', '-q'];
  await otmix(folder.path, [...args, '--checkpoint', 'two.checkpoint']);
  const other = await otmix(folder.path, [...args, '--seed', '5', '--resume', 'two.checkpoint']);
  expect([other.status, other.stderr]).toEqual([
    2,
    'otmix: two.checkpoint: expected a checkpoint of a fit with seed 5, got one with seed 0; resume with the options that it was begun with, or begin anew without it\n',
  ]);
  const none = await otmix(folder.path, [...args, '--resume', 'nowhere']);
  expect(none.stderr).toContain('to begin where there is none, name the same file as the checkpoint too');
  const alone = await otmix(folder.path, [...args, '--checkpoint-every', '5']);
  expect(alone.stderr).toContain('--checkpoint-every: expected --checkpoint FILE with it, got none');
});
