import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { originOf } from '../../src/cli/origin.js';
import { shellLine } from '../../src/cli/shell.js';
import { printable } from '../../src/base/printable.js';

test('a command line that a report shows is taken apart by a shell into the words it was made of', () => {
  const query = "SELECT x, y AS \"2$x\"\nFROM 'it''s/*.csv' -- `id` \\";
  const words = [
    'fit',
    query,
    '-k',
    '2',
    '--columns=a,b',
    '',
    '*',
    '~',
    'a!b',
    'é',
    "'",
    '\u001b[31m',
    "\u202ea'\\1",
    '\t',
  ];
  const line = shellLine(words);
  const taken = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  expect(taken.split('\0').slice(0, -1)).toEqual(words);
  const shown = line.replaceAll('\n', ' ');
  expect(printable(shown)).toBe(shown);
  expect(line.startsWith(`fit 'SELECT x`)).toBe(true);
});

test('the origin of a fit is its command and a time that can be held still', () => {
  expect(originOf(['fit', 'my data.csv', '-k', '3'], '1700000000')).toEqual({
    created: '2023-11-14T22:13:20Z',
    command: "otmix fit 'my data.csv' -k 3",
  });
  const before = Date.now() - 1000;
  const { created } = originOf([], undefined);
  expect(Date.parse(created)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(created)).toBeLessThanOrEqual(Date.now());
});
