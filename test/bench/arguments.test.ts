import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { benchArguments, benches, benchHelp } from '../../bench/arguments.js';
import { InputError } from '../../src/base/errors.js';

const read = (line: string) => benchArguments(line.split(' ').filter((word) => word !== ''));

test('without a name, those that need no GPU run, small', () => {
  const plain = { quick: true, only: [], dawn: [], torch: 'cuda' };
  expect(read('')).toEqual({ ...plain, names: ['cpu', 'fit', 'composites'] });
  expect(read('cpu')).toEqual({ ...plain, names: ['cpu'], quick: false });
  expect(read('fit cpu --quick')).toMatchObject({ names: ['fit', 'cpu'], quick: true });
});

test('options have their values', () => {
  expect(read('gpu --json a.json --adapter llvm --rows 3000 --dawn one,two --torch cpu')).toMatchObject({
    ...{ names: ['gpu'], quick: false, json: 'a.json', adapter: 'llvm', rows: 3000 },
    ...{ dawn: ['one', 'two'], torch: 'cpu' },
  });
  expect(read('cpu --only full,16x16')).toMatchObject({ only: ['full', '16x16'] });
});

test('help lists every bench and every option', () => {
  expect([read('--help'), read('cpu -h')]).toEqual(['help', 'help']);
  const listed = [...benchHelp().matchAll(/^ {2}(?:-h, )?(\S+)/gm)].map(([, name]) => name);
  const options = [
    '--quick',
    '--json',
    '--only',
    '--adapter',
    '--rows',
    '--table',
    '--seconds',
    '--dawn',
    '--torch',
    '--help',
  ];
  expect(listed).toEqual([...Object.keys(benches), ...options]);
});

const names =
  'some of cpu, fit, families, float64, load, start, small, predict, sample, select, memory, cluster, simulate, large, generated, composites, flights, transport, sinkhorn, gpu';
const mistakes: readonly (readonly [string, string, string])[] = [
  ['nothing', names, 'nothing'],
  ['toString', names, 'toString'],
  ['cpu --fast', 'options that there are', "unknown option '--fast'"],
  ['cpu --json', 'options that there are', "option '--json <value>' argument missing"],
  ['cpu gpu --json a.json', 'one bench to write to --json', 'cpu and gpu'],
  ['gpu --rows 0', '--rows to be a whole number above 0', '0'],
  ['gpu --rows many', '--rows to be a whole number above 0', 'many'],
  ['gpu --seconds 0', '--seconds to be a whole number above 0', '0'],
  ['gpu --torch tpu', '--torch cuda or cpu', 'tpu'],
];

test.each(mistakes)('what there is none of is one line: %s', (line, expected, got) => {
  const complaint = { where: 'bench', expected, got, remedy: 'see --help' };
  expect(() => read(line)).toThrow(new InputError('option', complaint));
});

/** How a program of this checkout ends. */
function ends(program: string, path: string, ...args: string[]) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`expected ${file}, got no such file; run npm run build`);
  const { status, stdout, stderr } = spawnSync(program, [file, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the built bench', () => {
  const bench = (line: string) => ends(process.execPath, 'dist/bench/main.js', ...line.split(' '));

  test('prints its help', () => {
    expect(bench('cpu --help')).toEqual({ status: 0, stdout: `${benchHelp()}\n`, stderr: '' });
  });

  test.each(['nothing', 'cpu --fast', 'cpu --only none-such'])('ends with status 2 and one line: %s', (line) => {
    const { status, stderr } = bench(line);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bench: expected .*; see --help\n$/);
  });
});

test('so do the script that packs the bench for a GPU, and the one that runs it there', () => {
  const pack = (line: string) => ends(process.execPath, 'scripts/bundle-bench.mjs', line);
  expect(pack('--help')).toMatchObject({ status: 0, stdout: 'npm run bench:bundle [-- --out DIR]\n', stderr: '' });
  const stderr = 'bench:bundle: expected npm run bench:bundle [-- --out DIR], got --fast; correct it\n';
  expect(pack('--fast')).toEqual({ status: 2, stdout: '', stderr });
  const { status, stdout } = ends('sh', 'scripts/bundle-run.sh', '--help');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^Runs the GPU bench .*\bsh run\.sh \[--quick\]/s)]);
});
