import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, read, temporaryFolder, vega } from './folder.js';
import { asLevels } from './remedies.js';

const folder = temporaryFolder();
const flights = vega('flights-3m.parquet');

describe('columns', () => {
  it('lists what is not numeric, what is, and how to make a number of a time', async () => {
    expect(await complaint(flights)).toBe(
      `format: ${flights}: expected numeric columns, got date (TIMESTAMP), origin (VARCHAR), destination (VARCHAR); ` +
        'choose numeric ones with --columns delay,distance, or make a number of a time with a query such as ' +
        `SELECT epoch(date) AS t FROM '${flights}', or ${asLevels}`,
    );
  });

  it('gives a query that works', async () => {
    const { columns, rows } = await read(`SELECT epoch(date) AS t FROM '${flights}' LIMIT 1`);
    expect(columns).toEqual(['t']);
    expect(rows[0][0]).toBe(Date.UTC(2001, 0, 1, 0, 1) / 1000);
  });

  it('counts the non-numeric columns it does not list', async () => {
    const path = vega('airports.csv');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got iata (text such as "00M" in line 2), ` +
        'name (text such as "Thigpen" in line 2), city (text such as "Bay Springs" in line 2), ' +
        `state (text such as "MS" in line 2) and 1 more; choose numeric ones with --columns latitude,longitude, or ${asLevels}`,
    );
  });

  it('quotes names for the shell where they need it', async () => {
    const path = folder.write('quote.csv', `"it's",b c,t\n1,2,x\n`);
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got t (text such as "x" in line 2); ` +
        `choose numeric ones with --columns 'it'\\''s,b c', or ${asLevels}`,
    );
  });

  it('quotes a time column for SQL where it needs it', async () => {
    const path = folder.write('times.csv', 'end,x\n2020-01-01,1\n');
    expect(await complaint(path)).toContain(`SELECT epoch("end") AS t FROM '${path}'`);
    expect(await complaint(`SELECT "end" FROM '${path}'`)).toContain('SELECT epoch("end") AS t FROM …');
  });

  it('says so if no column is numeric', async () => {
    const path = folder.write('words.csv', 'a,b\nx,y\nz,w\n');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got a (text such as "x" in line 2), b (text such as "y" in line 2); ` +
        `it has no others: make numbers of these first, or ${asLevels}`,
    );
  });

  it('lists the columns there are, and the one probably meant', async () => {
    const has = 'it has date, delay, distance, origin, destination';
    const where = `columns of ${flights}`;
    expect(await complaint(flights, { columns: ['dely'] })).toBe(
      `option: columns: expected ${where}, got "dely"; did you mean delay? ${has}`,
    );
    expect(await complaint(flights, { columns: ['delay', 'Distance'] })).toBe(
      `option: columns: expected ${where}, got "Distance"; did you mean distance? ${has}`,
    );
    expect(await complaint(flights, { columns: ['altitude'] })).toBe(
      `option: columns: expected ${where}, got "altitude"; ${has}`,
    );
    expect(await complaint(flights, { columns: ['delay'], weight: 'wight' })).toBe(
      `option: weight: expected ${where}, got "wight"; ${has}`,
    );
  });

  it('leaves out the columns to ignore, whatever they hold, and refuses to ignore what is not there', async () => {
    const ignore = ['date', 'origin', 'destination'];
    expect((await openSource(flights, { ignore })).columns).toEqual(['delay', 'distance']);
    expect(await complaint(flights, { ignore: ['orgin'] })).toBe(
      `option: ignore: expected columns of ${flights}, got "orgin"; did you mean origin? ` +
        'it has date, delay, distance, origin, destination',
    );
  });

  it('refuses a name twice, and no name at all', async () => {
    expect(await complaint(flights, { columns: ['delay', 'delay'] })).toBe(
      'option: columns: expected each column once, got delay twice; remove one of them',
    );
    expect(await complaint(flights, { columns: [] })).toBe(
      'option: columns: expected at least one name, got none; ' +
        'name some of date, delay, distance, origin, destination',
    );
  });

  it('refuses a named column that is not numeric', async () => {
    expect(await complaint(flights, { columns: ['delay', 'origin'] })).toBe(
      `format: ${flights}: expected numeric columns, got origin (VARCHAR); ` +
        `choose numeric ones with --columns delay,distance, or ${asLevels}`,
    );
  });

  it('refuses a weight that is not numeric, or the only column', async () => {
    expect(await complaint(flights, { columns: ['delay'], weight: 'date' })).toBe(
      `format: ${flights}: expected numeric columns, got date (TIMESTAMP); choose a numeric weight column, ` +
        'or choose numeric ones with --columns delay,distance, or make a number of a time with a query such as ' +
        `SELECT epoch(date) AS t FROM '${flights}'`,
    );
    const path = folder.write('one.csv', 'w\n1\n');
    expect(await complaint(path, { weight: 'w' })).toBe(
      `format: ${path}: expected at least one column besides the weight, got only w; name the features with --columns`,
    );
    expect(await read(path, { weight: 'w', columns: ['w'] })).toMatchObject({ rows: [[1]], weights: [1] });
  });

  it('finds columns whose names need quotes', async () => {
    const names = ['a "b"', "it's", 'with space', 'größe 📈', 'semi;colon', 'select', 'x--y'];
    const path = folder.write(
      'names.csv',
      `${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',')}\n1,2,3,4,5,6,7\n`,
    );
    expect(await read(path)).toMatchObject({ columns: names, rows: [[1, 2, 3, 4, 5, 6, 7]] });
    expect(await read(path, { columns: [names[3], names[0]] })).toMatchObject({ rows: [[4, 1]] });
    const json = folder.write('names.json', JSON.stringify([Object.fromEntries(names.map((name, i) => [name, i]))]));
    expect(await read(json)).toMatchObject({ columns: names, rows: [[0, 1, 2, 3, 4, 5, 6]] });
  });
});
