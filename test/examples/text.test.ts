/** The example of texts, run as a reader runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../unpack.js';

const folder = mkdtempSync(join(tmpdir(), 'otmix-text-'));
let printed: string;

beforeAll(async () => {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const script = join(root, 'examples/text/text.mjs');
  ({ stdout: printed } = await promisify(execFile)(process.execPath, [script, 'text.svg'], { cwd: folder, env }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('both families find the eras, of which they know nothing', () => {
  expect(printed).toMatch(/^233 addresses, 1790 to 2021, by 400 words\n/);
  const told = [...printed.matchAll(/adjusted Rand index ([\d.-]+) with eras of 40 years, ([\d.-]+) with decades/g)];
  expect(told).toHaveLength(2);
  // A random partition has 0, and six components can't tell 24 decades apart.
  for (const [, eras, decades] of told) {
    expect(Number(eras)).toBeGreaterThan(0.3);
    expect(Number(decades)).toBeGreaterThan(0.1);
  }
});

test('components are told by their words, and hold all addresses between them', () => {
  for (const part of printed.split('log-likelihood').slice(1)) {
    const lines = [...part.matchAll(/^ +(\d+) of (\d+)–(\d+), about (\d+): (.+)$/gm)];
    expect(lines).toHaveLength(6);
    expect(lines.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(233);
    for (const [, , first, last, middle, words] of lines) {
      expect(Number(middle)).toBeGreaterThanOrEqual(Number(first));
      expect(Number(middle)).toBeLessThanOrEqual(Number(last));
      expect(words.split(', ')).toHaveLength(8);
    }
  }
});

test('the picture has a mark for every address under each family', () => {
  const svg = readFileSync(join(folder, 'text.svg'), 'utf8');
  const marks = [...svg.matchAll(/<path d="(M[^"]*v14)"/g)].map(([, d]) => d.split('M').length - 1);
  expect(marks).toHaveLength(12);
  expect(marks.reduce((a, b) => a + b, 0)).toBe(2 * 233);
});
