import { expect, test } from 'vitest';
import { endingOf } from '../../src/cli/failure.js';
import { otmix } from './otmix.js';
import { describeMistakes, fit } from './mistakes.js';

describeMistakes('places of results, models or commands', [
  [
    'an output in no folder',
    'fit good.csv -k 2 --out nowhere/new.json',
    /--out: expected a place that can be written to, got nowhere\/new\.json, whose folder does not exist/,
  ],
  [
    'a report in no folder',
    'fit good.csv -k 2 --report nowhere/new.html',
    /--report: expected a place that can be written/,
  ],
  ['an output that is a folder', 'fit good.csv -k 2 --out folder', /--out: expected a file, got folder, a directory/],
  [
    'an output that is a device',
    'fit good.csv -k 2 --out /dev/null',
    /--out: expected a file, got \/dev\/null, a device/,
  ],
  [
    'an output that is the input',
    'fit good.csv -k 2 --out ./good.csv',
    /--out: expected a file of its own, got \.\/good\.csv, an input as well/,
  ],
  [
    'an output that a query reads',
    'fit "SELECT a FROM \'good.csv\'" -k 2 --out good.csv',
    /got good\.csv, an input as well/,
  ],
  ['an output that a glob reads', 'fit g*.csv -k 2 --report good.csv', /--report: .* got good\.csv, an input as well/],
  [
    'one file for two outputs',
    'fit good.csv -k 2 --out new.x --report new.x',
    /--report: .*new\.x, the place of --out as well/,
  ],
  [
    'dimensions without a report',
    'fit good.csv -k 2 --dimensions a',
    /--dimensions: expected --report with it, got none/,
  ],
  [
    'unknown dimensions',
    `${fit} -k 2 --dimensions a,c`,
    /--dimensions: expected 1 to 4 different columns .*, got "c"; choose among a, b/,
  ],
  ['an unknown command', 'fitt good.csv', /command: expected one of fit, .*, got "fitt"; did you mean fit\?/],
  ['help on an unknown command', 'help me', /help: expected one of fit, .*, got "me"; see otmix --help/],
  [
    'an unknown option',
    `${fit} -k 2 --tolerence 1`,
    /fit: expected a known option, got --tolerence; did you mean --tolerance\?/,
  ],
  ['no source', 'fit -k 2', /fit: expected SOURCE, got none; see otmix fit --help/],
  ['too many arguments', 'fit good.csv text.csv -k 2', /fit: expected fewer arguments, got .*; quote a glob/],
  [
    'a choice of nothing',
    'select good.csv -k 9:1 --out new.json',
    /-k: expected whole numbers ≥ 1 as in .*, got "9:1"/,
  ],
  [
    'an unknown type to choose',
    'select good.csv -k 1 --covariance full,round',
    /--covariance: expected all, or some of full/,
  ],
  [
    'an unknown criterion',
    'select good.csv -k 1 --criterion best',
    /--criterion: expected one of bic, aic, icl, got "best"/,
  ],
  [
    'a choice of too many',
    'select good.csv -k 1:9 --out new.json',
    /components: expected at most 4, the number of rows/,
  ],
  [
    'a missing model',
    'sample none.json -n 3 --out new.csv',
    /none\.json: expected a file that can be read, got ENOENT/,
  ],
  [
    'a damaged model',
    'sample cut.json -n 3 --out new.csv',
    /cut\.json: expected a model file written by otmix, got text that is not JSON/,
  ],
  [
    'a model of a newer version',
    'sample newer.json -n 3 --out new.csv',
    /newer\.json: expected a model file of version 1, got version 99/,
  ],
  [
    'JSON that is no model',
    'predict other.json good.csv --out new.csv',
    /other\.json: expected a model file written by otmix, got format/,
  ],
  ['a model with an impossible covariance', 'sample crooked.json -n 3 --out new.csv', /crooked\.json: expected/],
  [
    'data for a model',
    'predict good.csv model.json --out new.csv',
    /good\.csv: expected a model file written by otmix/,
  ],
  ['a negative sample', 'sample model.json -n -3 --out new.csv', /-n: expected a whole number ≥ 0, got "-3"/],
  [
    'an unknown format of rows',
    'sample model.json -n 3 --out new.xlsx',
    /--out: expected a file that ends in \.csv, .*, got new\.xlsx/,
  ],
  [
    'an unknown format of labels',
    'predict model.json good.csv --out new.txt',
    /--out: expected a file that ends in .*, got new\.txt/,
  ],
  ['labels without a place', 'predict model.json good.csv', /predict: expected --out <file>, got none; add it/],
  ['labels over a model', 'predict model.json good.csv --out model.json', /--out: expected a file that ends in/],
  ['labels over the data', 'predict model.json good.csv --out good.csv', /--out: .* got good\.csv, an input as well/],
  [
    'rows for another model',
    'predict model.json late.csv --out new.csv',
    /columns: expected columns of late\.csv, got "a"|"b"/,
  ],
  [
    'too few columns for a model',
    'predict model.json good.csv --columns a --out new.csv',
    /--columns: expected 2 names, for the model's a, b, got 1/,
  ],
  [
    'missing values for a model',
    'predict model.json missing.csv --out new.csv',
    /got a missing value .* in row 1, column a/,
  ],
]);

test('a fault of ours is one line with status 1, and a stack on request', async () => {
  const { status, line } = endingOf(new TypeError('x is not a function'));
  expect(status).toBe(1);
  expect(line).toBe(
    'a fault of otmix itself, TypeError: x is not a function; set OTMIX_DEBUG=1 to see where, and report it',
  );
  const debug = await otmix('.', ['fit', 'none.csv', '-k', '2'], { env: { OTMIX_DEBUG: '1' } });
  expect(debug.stderr).toContain('    at ');
});
