import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { otmix, temporaryFolder, type Folder } from './otmix.js';

/** A command line, and what its one line of complaint says. */
export type Mistake = readonly [name: string, args: string, message: RegExp];

/** A fit that would work, but for its number of components. */
export const fit = 'fit good.csv --columns a,b --out new.json --report new.html';

/** A model that fits in two columns; mistakes are made of it. */
const model = {
  ...{ format: 'otmix-mixture', version: 1, family: 'gaussian', options: { covariance: 'full' }, columns: ['a', 'b'] },
  ...{ weights: [1], means: [[0, 0]], covariances: [1, 0, 0, 1] },
};

/** A model of one column of levels. */
const levelsModel = (name: string, levels: readonly (number | string)[]): string =>
  JSON.stringify({
    ...{ format: 'otmix-mixture', version: 2, family: 'categorical', options: {}, columns: [{ name, levels }] },
    ...{ weights: [1], components: { probabilities: { shape: [1, 2], values: [0.5, 0.5] } } },
  });

/** Writes files to make mistakes with. */
function prepare(folder: Folder): void {
  folder.write('empty.csv', '');
  folder.write('header.csv', 'a,b\n');
  folder.write('ragged.csv', 'a,b\n1,2\n3,4,5\n6,7\n');
  folder.write('text.csv', 'a,b\n1,x\n2,y\n');
  folder.write('late.csv', `a\n${'1\n'.repeat(30_000)}oops\n`);
  folder.write('nan.csv', 'a,b\n1,2\nNaN,3\n');
  folder.write('missing.csv', 'a,b\n1,2\n,3\n');
  folder.write('inf.csv', 'a,b\n1,2\n3,inf\n');
  folder.write('good.csv', 'a,b,w\n1,2,1\n3,5,0\n6,7,2\n8,1,1\n');
  folder.write('negative.csv', 'a,w\n1,1\n2,-1\n');
  folder.write('zero.csv', 'a,w,z\n1,0,1\n2,0,0\n');
  folder.write('broken.npy', 'not numpy');
  folder.write('data.xlsx', 'PK');
  folder.write('many.csv', `a,b\n${Array.from({ length: 1001 }, (_, i) => `t${i},${i + 1}\n`).join('')}`);
  folder.write('levels.json', levelsModel('b', ['x', 'z']));
  folder.write('codes.json', levelsModel('code', [1, 2]));
  folder.write('model.json', JSON.stringify(model));
  folder.write('cut.json', JSON.stringify(model).slice(0, 80));
  folder.write('newer.json', JSON.stringify({ ...model, version: 99 }));
  folder.write('other.json', '{"a": 1}');
  folder.write('crooked.json', JSON.stringify({ ...model, covariances: [1, 2, 2, 1] }));
  mkdirSync(join(folder.path, 'folder'));
}

/** Splits a command line at spaces outside double quotes. */
const split = (line: string): string[] =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => plain ?? quoted);

/** How far a command is: the lines of whatever takes over two seconds, as any command may on a busy machine. */
const progress = /^(?!otmix: )(?:.*: )?(?:reading|writing|seeding|scoring|restart \d|iteration \d).*\n/gm;

/** Tests that every mistake ends with status 2 and its one line, and leaves nothing behind. */
export function describeMistakes(kind: string, mistakes: readonly Mistake[]): void {
  const folder = temporaryFolder();
  beforeAll(() => prepare(folder));
  describe(`a mistake in ${kind} ends with status 2 and one line, and leaves nothing behind`, () => {
    test.concurrent.each(mistakes)('%s', { timeout: 240_000 }, async (_name, line, message) => {
      const before = folder.names();
      const good = folder.read('good.csv');
      const { status, stdout, stderr } = await otmix(folder.path, split(line));
      const complaint = stderr.replace(progress, '');
      expect(complaint).toMatch(message);
      expect(complaint).toMatch(/^otmix: .+: expected .+, got .+; .+\n$/);
      expect(complaint.trimEnd()).not.toContain('\n');
      expect(stderr).not.toContain('    at ');
      expect([status, stdout]).toEqual([2, '']);
      expect(folder.names()).toEqual(before);
      expect(folder.read('good.csv')).toBe(good);
    });
  });
}
