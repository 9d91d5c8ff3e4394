import { describeMistakes } from './mistakes.js';

describeMistakes('the data', [
  ['a missing file', 'fit none.csv -k 2 --out new.json', /none\.csv: expected a file that can be read, got none there/],
  [
    'an empty file',
    'fit empty.csv -k 2 --out new.json',
    /empty\.csv: expected at least one row, got a file of 0 bytes/,
  ],
  ['a header without rows', 'fit header.csv -k 2 --out new.json', /header\.csv: expected at least one row/],
  ['ragged rows', 'fit ragged.csv -k 2 --out new.json', /ragged\.csv: expected 2 cells in every line, got 3 in line 3/],
  [
    'a text column',
    'fit text.csv -k 2 --out new.json',
    /text\.csv: expected numeric columns, got b \(text such as "x" in line 2\); choose/,
  ],
  ['a text column by name', 'fit text.csv -k 2 --columns b', /a number in every cell of column b, got "x" in line 2/],
  [
    'a late word',
    'fit late.csv -k 2 --out new.json',
    /expected numeric columns, got a \(text such as "oops" in line \d+\)/,
  ],
  [
    'NaN',
    'fit nan.csv -k 2 --out new.json',
    /nan\.csv: .* got a missing value .* in row 1, column a; .*--missing drop/,
  ],
  ['an empty cell', 'fit missing.csv -k 2', /missing\.csv: expected a number in every cell, got a missing value/],
  ['infinity', 'fit inf.csv -k 2 --out new.json', /inf\.csv: expected finite numbers, got Infinity in row 1, column b/],
  ['infinity where rows may be dropped', 'fit inf.csv -k 2 --missing drop', /expected finite numbers, got Infinity/],
  ['all rows dropped', 'fit "SELECT NULL::DOUBLE AS a FROM range(3)" -k 1 --missing drop', /none after leaving out 3/],
  [
    'an unknown column',
    `fit good.csv -k 2 --columns a,c`,
    /columns: expected columns of good\.csv, got "c"; .*it has a, b/,
  ],
  ['a column twice', `fit good.csv -k 2 --columns a,a`, /columns: expected each column once, got a twice/],
  ['an unknown weight', 'fit good.csv -k 2 --sample-weight v', /weight: expected columns of good\.csv, got "v"/],
  ['a negative weight', 'fit negative.csv -k 1 --sample-weight w', /sample weights that are finite and not negative/],
  [
    'weights of zero',
    'fit zero.csv -k 1 --sample-weight w',
    /at least one row of positive weight, got weights that are/,
  ],
  ['a folder', 'fit folder -k 2', /folder: expected a file, got a directory; name the files in it with a glob/],
  ['a glob of nothing', 'fit *.tsv -k 2', /\*\.tsv: expected at least one file that matches, got none/],
  ['an unknown kind of file', 'fit data.xlsx -k 2', /data\.xlsx: expected a file that ends in \.csv/],
  ['a damaged array', 'fit broken.npy -k 2', /broken\.npy: expected a NumPy file/],
  ['a bad query', 'fit "SELECT a FRM good" -k 2', /SELECT a FRM good: expected one SELECT statement, got syntax error/],
  ['a query of nothing', 'fit "SELECT a FROM \'none.csv\'" -k 2', /none\.csv/],
  [
    'an address',
    'fit https://example.com/a.csv -k 2',
    /expected a file that ends in .parquet at an address, got a file of csv; read it by DuckDB's rules/,
  ],
]);
