import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { Levels, recode, type LevelColumn } from '../../src/data/levels.js';

const column: LevelColumn = { where: 'f.csv', name: 'city', named: false, remedy: 'leave it out' };

describe('levels', () => {
  it('are numbered in order of first appearance, and blank text is none', () => {
    const levels = new Levels(column);
    const { texts } = levels;
    expect(['b', 'a', '', 'b', ' ', 'constructor', 'a'].map((text) => levels.code(text))).toEqual([
      ...[0, 1, NaN, 0, NaN, 2, 1],
    ]);
    expect(texts).toEqual(['b', 'a', 'constructor']);
    expect(levels.texts).toBe(texts);
  });

  it('are at most 1,000 in a column that no one named', () => {
    const levels = new Levels(column);
    for (let i = 0; i < 1000; i++) levels.code(`t${i}`);
    expect(levels.code('t999')).toBe(999);
    expect(() => levels.code('t1000')).toThrow(
      new InputError('format', {
        where: 'f.csv',
        expected: 'at most 1,000 levels in a column that no one named',
        got: 'column city with more than 1,000 different texts',
        remedy: 'leave it out',
      }),
    );
    const named = new Levels({ ...column, named: true });
    for (let i = 0; i < 3000; i++) named.code(`t${i}`);
    expect(named.texts).toHaveLength(3000);
  });

  it('are at most as many as float32 can number, which is said', () => {
    const levels = new Levels({ ...column, named: true }, 2);
    levels.code('a');
    levels.code('b');
    expect(() => levels.code('c')).toThrow(/^f\.csv: expected at most 2 levels in a column, got column city with more/);
  });

  it('of some rows are numbered anew, in order of their first appearance', () => {
    const all = new Levels(column);
    const some = new Levels(column);
    const places = Float64Array.from(['a', 'b', '', 'c', 'b'], (text) => all.code(text)).slice(1);
    recode(places, all, some);
    expect(Array.from(places)).toEqual([0, NaN, 1, 0]);
    expect(some.texts).toEqual(['b', 'c']);
  });
});
