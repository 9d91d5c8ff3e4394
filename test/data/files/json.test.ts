import { describe, expect, it } from 'vitest';
import { complaint, read, temporaryFolder, vega } from './folder.js';

const folder = temporaryFolder();
const LONG = 30_000; // more records than types are found from

function long(last: string): string {
  return folder.write('long.json', `[${'{"a":1,"b":2},'.repeat(LONG)}${last}]`);
}

describe('JSON', () => {
  it.each([
    ['array.json', '[{"a": 1, "b": 2.5}, {"a": null, "b": -1}, {"b": 3}]'],
    ['lines.jsonl', '{"a": 1, "b": 2.5}\n{"a": null, "b": -1}\n{"b": 3}\n'],
    ['lines.ndjson', '{"a": 1, "b": 2.5}\n{"a": null, "b": -1}\n{"b": 3}'],
    ['lines.json', '{"a": 1, "b": 2.5}\n{"a": null, "b": -1}\n{"b": 3}\n'],
  ])('reads %s', async (name, text) => {
    expect(await read(folder.write(name, text))).toMatchObject({
      columns: ['a', 'b'],
      rows: [
        [1, 2.5],
        [NaN, -1],
        [NaN, 3],
      ],
    });
  });

  it('reads booleans, NaN, infinities and an array of numbers', async () => {
    const path = folder.write('special.json', '[{"a": true, "b": NaN}, {"a": false, "b": -Infinity}]');
    expect((await read(path)).rows).toEqual([
      [1, NaN],
      [0, -Infinity],
    ]);
    expect((await read(folder.write('numbers.json', '[1, 2.5, 3]'))).rows).toEqual([[1], [2.5], [3]]);
  });

  it('keeps the fractions of a column that begins with integers', async () => {
    const path = long('{"a":2.75,"b":1}');
    expect((await read(path)).rows[LONG]).toEqual([2.75, 1]);
    expect((await read(`SELECT a FROM '${path}' WHERE a > 1`)).rows).toEqual([[2.75]]);
  });

  it('names the record of a value that is no number', async () => {
    const path = long('{"a":"oops","b":1}');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected a number in every chosen column, got "oops" in record 30001; ` +
        'repair it, use null if the value is missing, or choose other columns',
    );
    const early = folder.write('early.json', '[{"a": 1}, {"a": "oops"}]');
    expect(await complaint(early, { columns: ['a'] })).toBe(
      `format: ${early}: expected a number in column a of every record, got "oops" in record 2; ` +
        'repair it, use null if the value is missing, or choose other columns',
    );
  });

  it.each([
    ['an array that does not end', 'bad.json', '[{"a":1},{"a":2', /got unexpected end of data at byte \d+ in record 3/],
    ['a bare word', 'bad.json', '[{"a":1},{"a":oops}]', /got unexpected character at byte \d+ in record 3/],
    ['a broken line', 'bad.jsonl', '{"a":1}\n{"a":\n{"a":3}\n', /got unexpected end of data at byte \d+ in line 3/],
    ['a late broken line', 'bad.jsonl', `${'{"a":1}\n'.repeat(LONG)}{"a":\n{"a":3}\n`, /at byte \d+ in line 30002/],
    ['no JSON at all', 'bad.json', 'hello', /got unexpected character at byte \d+/],
  ])('refuses %s', async (_, name, text, got) => {
    const message = await complaint(folder.write(name, text));
    expect(message).toMatch(/^format: .*bad\.json.?: expected well-formed JSON, got .*; repair it$/);
    expect(message).toMatch(got);
  });

  it('finds keys that come late', async () => {
    const path = long('{"b":7,"late":2.5}');
    const { columns, rows } = await read(path);
    expect(columns).toEqual(['a', 'b', 'late']);
    expect(rows[LONG]).toEqual([NaN, 7, 2.5]);
    expect((await read(`SELECT late FROM '${path}' WHERE late > 0`)).rows).toEqual([[2.5]]);
  });

  it('tells keys apart that differ in case alone', async () => {
    const path = folder.write('case.json', '[{"x":1,"X":2.5,"a\\"b":true},{"X":4}]');
    const rows = [
      [1, 2.5, 1],
      [NaN, 4, NaN],
    ];
    expect(await read(path)).toMatchObject({ columns: ['x', 'X', 'a"b'], rows });
    expect((await read(path, { columns: ['X'] })).rows).toEqual([[2.5], [4]]);
    expect((await read(`SELECT x, X_1, "a""b" FROM '${path}'`)).rows).toEqual(rows);
  });

  it.each(['', '{"x":1},'.repeat(LONG)])('refuses a key twice in a record', async (before) => {
    const path = folder.write('twice.json', `[${before}{"x":1,"x":2}]`);
    expect(await complaint(path)).toMatch(
      /^format: .*twice\.json: expected each key once in a record, got x twice in record \d+; rename or remove one of them$/,
    );
  });

  it('refuses an empty array', async () => {
    const path = folder.write('none.json', '[]');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected at least one row, got no rows; check how it was written`,
    );
  });

  it('lets a query reach into objects', async () => {
    const path = folder.write('nested.json', '[{"a": {"x": 1, "y": [2, 3]}}]');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got a (STRUCT); it has no others: make numbers of these first`,
    );
    expect((await read(`SELECT a.x AS x, a.y[2] AS y FROM '${path}'`)).rows).toEqual([[1, 3]]);
  });

  it('reads movies.json and flights-200k.json', async () => {
    const { rows } = await read(vega('movies.json'), { columns: ['IMDB Rating', 'Production Budget'] });
    expect(rows).toHaveLength(3201);
    expect(rows.slice(0, 2)).toEqual([
      [6.1, 8_000_000],
      [6.9, 300_000],
    ]);
    const flights = await read(vega('flights-200k.json'));
    const arrow = await read(vega('flights-200k.arrow'));
    const rounded = ({ rows }: typeof arrow) => rows.map((row) => row.map(Math.fround));
    expect(rounded(flights)).toEqual(rounded(arrow));
  });
});
