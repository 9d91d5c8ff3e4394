import { describe, expect, test } from 'vitest';
import { Draft } from '../../src/cli/draft.js';
import { textTable } from '../../src/cli/table.js';
import { temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

describe('a draft', () => {
  test('appears in its place whole, and only once it is committed', async () => {
    const draft = await Draft.open(`${folder.path}/a.txt`);
    await draft.write('one ');
    await draft.write('two');
    expect(folder.names()).not.toContain('a.txt');
    await draft.commit();
    expect(folder.read('a.txt')).toBe('one two');
    await draft.discard(); // once more does nothing
    expect(folder.names()).toEqual(['a.txt']);
  });

  test('leaves what was there where it is discarded or its conversion fails', async () => {
    folder.write('b.txt', 'old');
    const discarded = await Draft.open(`${folder.path}/b.txt`);
    await discarded.write('new');
    await discarded.discard();
    const failing = await Draft.open(`${folder.path}/b.txt`);
    const failed = failing.commit(() => Promise.reject(new Error('no space')));
    await expect(failed).rejects.toThrow(/b\.txt: expected a file that can be written, got Error: no space; check/);
    await failing.discard();
    expect(folder.read('b.txt')).toBe('old');
    expect(folder.names()).toEqual(['a.txt', 'b.txt']);
  });

  test('is refused where no file can be', async () => {
    await expect(Draft.open(`${folder.path}/none/c.txt`)).rejects.toThrow(/c\.txt: expected .* got ENOENT/);
  });
});

test('a text table aligns its cells and leaves no trailing spaces', () => {
  const table = textTable([{ head: 'n', right: true }, { head: 'name' }], [['10', 'a'], ['2', 'long name']]); // prettier-ignore
  expect(table).toBe(' n  name\n10  a\n 2  long name\n');
});
