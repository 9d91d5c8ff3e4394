import { expect, test } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster-error.js';
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
  [
    'an output that a query reads by other quotes',
    'fit "SELECT a FROM $$good.csv$$" -k 2 --out good.csv',
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
  [
    'an option that other tools have, before what is missing',
    'fit good.csv --clusters 3',
    /^otmix: fit: expected a known option, got --clusters; did you mean -k\?/,
  ],
  ['an option of scikit-learn’s', 'fit good.csv --n_components=3', /got --n_components=3; did you mean -k\?/],
  ['a short option that there is not', 'fit good.csv -k 2 -o m.json', /got -o; did you mean --out\?/],
  ['a version in small', '-v', /command: expected a known option, got -v; did you mean --version\?/],
  ['a sign in a short option', 'fit good.csv -k=2', /-k: expected a whole number ≥ 1, got "=2"; did you mean -k 2\?/],
  [
    'no number of components',
    'fit good.csv',
    /-k, the number of components, got none; .* otmix select good\.csv -k 1:9/,
  ],
  ['no numbers of components', 'select good.csv', /-k, the numbers of components to try, got none; add -k 1:9/],
  ['no number of rows', 'sample model.json', /-n, the number of rows, got none; add -n 1000/],
  ['data for a command', 'good.csv', /got "good\.csv"; did you mean otmix fit good\.csv -k 3\?/],
  ['a command of other tools', 'score --help', /got "score"; did you mean otmix predict/],
  ['help on a misspelt command', 'fti --help', /got "fti"; did you mean fit\?/],
  [
    'a model under another name',
    'fit good.csv -k 2 --out m.csv',
    /--out: expected a file that ends in \.json, got m\.csv/,
  ],
  ['a report under another name', 'fit good.csv -k 2 --report r.pdf', /--report: expected .* \.html or .*, got r\.pdf/],
  [
    'a format of a file',
    'fit good.csv -k 2 --format csv',
    /--format: expected standard input or a pipe, .*got good\.csv/,
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
    'a choice of nothing but too many',
    'select good.csv -k 8:9 --covariance full --quiet --out new.json',
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
    /newer\.json: expected a model file of version 1 or 2, got version 99/,
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

test('what a cluster failed by is one line with status 1, and no fault of ours', () => {
  const line = 'cluster: a worker was lost: it was ended by SIGKILL';
  expect(endingOf(new ClusterError('a worker was lost: it was ended by SIGKILL'))).toEqual({ status: 1, line });
});

test('a fault of ours is one line with status 1, and a stack on request', async () => {
  const { status, line } = endingOf(new TypeError('x is not a function'));
  expect(status).toBe(1);
  expect(line).toBe(
    'a fault of otmix itself, TypeError: x is not a function; set OTMIX_DEBUG=1 to see where, and report it',
  );
  const debug = await otmix('.', ['fit', 'none.csv', '-k', '2'], { env: { OTMIX_DEBUG: '1' } });
  expect(debug.stderr).toContain('    at ');
});
