import { describeMistakes, fit, type Mistake } from './mistakes.js';

const mixed = (families: string): string => `fit text.csv -k 1 --family ${families} --out new.json`;

/** Families of counts. */
const counting = ['poisson', 'negative-binomial', 'negative-binomial(2)', 'geometric', 'multinomial'];

describeMistakes('families', [
  [
    'an unknown family',
    `${fit} -k 2 --family poison`,
    /--family: expected families among bernoulli, .*, got "poison"; did you mean poisson\?/,
  ],
  ['what other tools call it', `${fit} -k 2 --family normal`, /got "normal"; did you mean gaussian\?/],
  ['no family', `${fit} -k 2 --family ""`, /--family: expected the name of a family, got the end/],
  [
    'two models',
    `${fit} -k 2 --family poisson --family gaussian`,
    /--family: expected one of them, got .*otmix select/,
  ],
  [
    'an option that the family does not have',
    `${fit} -k 2 --family poisson(3)`,
    /--family: expected poisson without options, got poisson\(3\); leave out what it does not have/,
  ],
  [
    'one option too many',
    `${fit} -k 2 --family gaussian(full,tied)`,
    /--family: expected gaussian\(covariance\), got gaussian\(full, tied\)/,
  ],
  [
    'an unknown value of an option',
    `${fit} -k 2 --family gaussian(round)`,
    /expected covariance to be one of full, tied, diag, spherical, got "round"/,
  ],
  [
    'a covariance type of no Gaussian',
    `${fit} -k 2 --family poisson --covariance diag`,
    /--covariance: expected gaussian or student-t without a covariance type of its own with it, got --family poisson; leave it out/,
  ],
  [
    'a covariance type where degrees of freedom belong',
    `${fit} -k 2 --family student-t(tied)`,
    /studentT: expected degrees to be 'each', 'common' or a number > 0, got "tied"; .*student-t\(each,tied\)/,
  ],
  [
    'two covariance types of Student-t',
    `${fit} -k 2 --family student-t(4,full) --covariance diag`,
    /--covariance: expected gaussian or student-t without .*, got --family student-t\(4,full\); leave it out/,
  ],
  [
    'a column without a family',
    `${fit} -k 2 --family gaussian:a`,
    /--family: expected a family for each column, got none for "b"; name it too, or leave it out with ignore:\*/,
  ],
  [
    'an unknown column',
    `${fit} -k 2 --family gaussian:a,poisson:bb`,
    /--family: expected columns of the data, got "bb"/,
  ],
  [
    'an unknown column to ignore',
    'fit good.csv -k 2 --family gaussian:*,ignore:aa',
    /ignore: expected columns of good\.csv, got "aa"; did you mean a\?/,
  ],
  [
    'columns that one model ignores and the other not',
    'select good.csv -k 1 --family gaussian:*,ignore:w --family gaussian',
    /--family: expected the same columns ignored each time, got w and none; ignore the same, or choose with --columns/,
  ],
  ...counting.map((family): Mistake => [
    `a negative count for ${family}`,
    `fit negative.csv -k 1 --family ${family}`,
    /negative\.csv: expected counts: whole numbers ≥ 0, got -1 in row 1, column w; round it, or choose/,
  ]),
  [
    'a negative count of a product',
    'fit negative.csv -k 1 --family gaussian:a,poisson:w --missing model',
    /negative\.csv: expected counts: whole numbers ≥ 0, got -1 in row 1, column w; round it, or choose/,
  ],
  [
    'a negative duration',
    'fit negative.csv -k 1 --family exponential',
    /negative\.csv: expected numbers ≥ 0, got -1 in row 1, column w; leave the row out, or choose/,
  ],
  ...['gamma', 'log-normal'].map((family): Mistake => [
    `a duration of 0 for ${family}`,
    `fit zero.csv -k 1 --family ${family}`,
    /zero\.csv: expected numbers > 0, got 0 in row 0, column w; .*exponential, which takes 0/,
  ]),
  [
    'a row without a direction',
    'fit zero.csv -k 1 --columns w,z --family von-mises-fisher',
    /zero\.csv: expected directions: rows of a length > 0, got 0 in row 1, column w; leave the row out/,
  ],
  [
    'more than 0 and 1',
    'fit good.csv -k 1 --columns w --family bernoulli',
    /good\.csv: expected 0 or 1, got 2 in row 2, column w; choose categorical/,
  ],
  ['a share of 1', 'fit good.csv -k 1 --columns a --family beta', /expected numbers between 0 and 1, .*got 1 in row 0/],
  [
    'text for a family of numbers',
    'fit text.csv -k 1 --family poisson',
    /text\.csv: expected numeric columns, got b \(text such as "x" in line 2\); .*--family categorical/,
  ],
  [
    'text for Gaussians beside levels',
    mixed('categorical:a,gaussian:b'),
    /text\.csv: expected numbers, got "x" in row 0, column b; leave the column out, or choose categorical/,
  ],
  [
    'text for counts beside levels',
    mixed('categorical:a,poisson:b'),
    /text\.csv: expected numbers, got "x" in row 0, column b/,
  ],
  [
    'more levels than there may be',
    'fit many.csv -k 1 --family categorical',
    /many\.csv: expected at most 1,000 levels in a column.*, got column a with more than 1,000 different texts/,
  ],
  [
    'more levels of a column by name',
    'fit many.csv -k 1 --columns a --family categorical',
    /many\.csv: expected at most 1,000 levels in a column, got more in column a; name the column, as in categorical:NAME, leave it out/,
  ],
  [
    'more numbers than levels',
    'fit many.csv -k 1 --family categorical:*,ignore:a',
    /many\.csv: expected at most 1,000 levels in a column, got more in column b; .*a family of numbers/,
  ],
  [
    'gaps of directions',
    'fit missing.csv -k 1 --family von-mises-fisher --missing model',
    /missing\.csv: expected all columns of the family, or none of them, to be missing, got .+; fill it in, or leave such rows out/,
  ],
  [
    'data that tell nothing',
    'fit many.csv -k 1 --family auto -q',
    /--family auto: expected columns that differ from row to row and repeat, got "a" \(text of over 1,000 levels|differs in every row\)/,
  ],
  [
    'a level that the model does not know',
    'predict levels.json text.csv',
    /text\.csv: expected one of the levels x, z, got "y" in row 1, column b; leave the row out, or fit again/,
  ],
  [
    'text for a level that is a number',
    'predict codes.json text.csv --columns b',
    /text\.csv: expected one of the levels 1, 2, got "x" in row 0, column b/,
  ],
]);
