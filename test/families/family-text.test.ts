import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { resolveFamilies } from '../../src/families/family-columns.js';
import { parseFamilies, printFamilies, type FamilyEntry } from '../../src/families/family-text.js';

const known = [
  'gaussian', 'studentT', 'poisson', 'bernoulli', 'categorical', 'multinomial', 'exponential', 'geometric', 'gamma',
  'beta', 'logNormal', 'negativeBinomial', 'vonMisesFisher',
]; // prettier-ignore
const list =
  'gaussian, student-t, poisson, bernoulli, categorical, multinomial, exponential, geometric, gamma, beta, log-normal, negative-binomial, von-mises-fisher';
const parse = (text: string): FamilyEntry[] => parseFamilies(text, known);
const entry = (family: string, columns: FamilyEntry['columns'], ...options: string[]): FamilyEntry => ({
  family,
  options,
  columns,
});

/** The message of the `InputError('option')` that a call throws. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).code).toBe('option');
    return (error as InputError).message;
  }
  return expect.fail('expected an error');
}

describe('reads', () => {
  test.each([
    ['categorical', [entry('categorical', undefined)]],
    ['poisson:visits', [entry('poisson', ['visits'])]],
    ['poisson:*', [entry('poisson', '*')]],
    ['poisson:"*"', [entry('poisson', ['*'])]],
    ['gaussian:age+income,poisson:visits,categorical:*', [entry('gaussian', ['age', 'income']), entry('poisson', ['visits']), entry('categorical', '*')]],
    ['student-t(4):x+y', [entry('studentT', ['x', 'y'], '4')]],
    ['gaussian(tied)', [entry('gaussian', undefined, 'tied')]],
    ['gaussian()', [entry('gaussian', undefined)]],
    ['negative-binomial(1e+2):n', [entry('negativeBinomial', ['n'], '1e+2')]],
    ['student-t(degrees=4, "a,b")', [entry('studentT', undefined, 'degrees=4', 'a,b')]],
    ['ignore:id,beta:*', [entry('ignore', ['id']), entry('beta', '*')]],
    [' gaussian ( tied ) : age  + sepal width ,\n poisson : visits ', [entry('gaussian', ['age', 'sepal width'], 'tied'), entry('poisson', ['visits'])]],
    ['gamma:"a, b"+"say ""hi"""+" x"+""', [entry('gamma', ['a, b', 'say "hi"', ' x', ''])]],
    ["beta:größe+日本+o'brien+a-b_c.d/%", [entry('beta', ['größe', '日本', "o'brien", 'a-b_c.d/%'])]],
  ] as const)('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  }); // prettier-ignore

  test.each(['log-normal', 'logNormal', 'LogNormal', 'log_normal', 'lognormal', 'log normal', 'LOG-NORMAL'])(
    '%s as the name that models have',
    (name) => {
      expect(parse(name)).toEqual([entry('logNormal', undefined)]);
    },
  );
});

describe('refuses, in one line:', () => {
  const wrong = '--family: expected families among';
  test.each([
    ['', `--family: expected the name of a family, got the end; choose among ${list}`],
    ['poison', `${wrong} ${list}, got "poison"; did you mean poisson?`],
    ['normal:x', `${wrong} ${list}, got "normal"; did you mean gaussian?`],
    ['negbin:x', `${wrong} ${list}, got "negbin"; did you mean negative-binomial?`],
    ['zipf:x', `${wrong} ${list}, got "zipf"; choose some of these`],
    ['ignor:x,beta:y', `${wrong} ${list}, got "ignor"; did you mean ignore?`],
    ['poisson:x,', `--family: expected the name of a family, got the end after "poisson:x,"; choose among ${list}`],
    ['poisson:', '--family: expected a column, got the end after "poisson:"; put names with any of ,:+*()" in double quotes'],
    ['poisson:x++y', '--family: expected a column, got "+y" after "poisson:x+"; put names with any of ,:+*()" in double quotes'],
    ['poisson:x+*', '--family: expected a column, got "*" after "poisson:x+"; put names with any of ,:+*()" in double quotes'],
    ['poisson:x(1)', '--family: expected a comma between families, : before columns and + between them, got "(1)" after "poisson:x"; put names with any of ,:+*()" in double quotes'],
    ['poisson:x"y', '--family: expected a comma between families, : before columns and + between them, got "\\"y" after "poisson:x"; put names with any of ,:+*()" in double quotes'],
    ['poisson:"x', '--family: expected a closing quote, got "x" after "poisson:\\""; add " after the name, and double the quotes in it'],
    ['student-t(4:x', '--family: expected a closing bracket, got the end after "student-t(4:x"; add ) after the options'],
    ['student-t(4,):x', '--family: expected an option, got "):x" after "student-t(4,"; put names with any of ,:+*()" in double quotes'],
    ['gaussian,poisson:x', '--family: expected columns for each of several families, got none for gaussian; write gaussian:* for those that no other has'],
    ['gaussian:*,log-normal:*', '--family: expected * once, got it for gaussian and log-normal; name the columns of all but one'],
    ['gaussian:a+b,beta:b', '--family: expected each column once, got "b" twice; leave one out'],
    ['gaussian:a+"a"', '--family: expected each column once, got "a" twice; leave one out'],
    ['ignore:a', '--family: expected a family, got ignore alone; say which family the other columns have'],
  ])('%j', (text, message) => {
    expect(complaint(() => parse(text))).toBe(message);
  }); // prettier-ignore

  test('by the name that the caller has for it', () => {
    expect(complaint(() => parseFamilies('', ['beta'], 'fitMixture'))).toMatch(/^fitMixture: expected the name of/);
  });
});

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(',', ':', '+', '*', '(', ')', '"', ' ', '\n', 'a', 'b'), maxLength: 8 }),
);
const entries = fc
  .tuple(
    fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
    fc.array(fc.tuple(fc.constantFrom(...known, 'ignore'), fc.array(word, { maxLength: 3 }), fc.nat(2)), { maxLength: 4 }),
    fc.constantFrom('*' as const, undefined),
    fc.constantFrom(...known),
  )
  .map(([columns, rest, last, family]) => {
    const left = [...columns];
    const some = rest.map(([own, options, count]) => ({ family: own, options, columns: left.splice(0, count + 1) }));
    const named = some.filter((one) => one.columns.length > 0);
    return [...named, { family, options: [], columns: named.length > 0 ? ('*' as const) : last }];
  }); // prettier-ignore

test('what is printed is read as it was', () => {
  fc.assert(
    fc.property(entries, (all) => {
      expect(parse(printFamilies(all))).toEqual(all);
    }),
    { numRuns: 1000 },
  );
});

test('prints kebab-case, and quotes where they are needed alone', () => {
  const text = 'student-t(4):"a+b"+c d,von-mises-fisher:"say ""hi""",ignore:*';
  expect(printFamilies(parse(text))).toBe(text);
});

describe('columns of the data:', () => {
  const names = ['age', 'income', 'visits', 'region', 'id'];
  const resolve = (text: string): readonly (readonly [string, readonly string[]])[] =>
    resolveFamilies(parse(text), names).map(({ family, columns }) => [family, columns] as const);

  test('* is all that no other entry names, in the order of the data; ignored ones are left out', () => {
    expect(resolve('poisson:*')).toEqual([['poisson', names]]);
    expect(resolve('categorical')).toEqual([['categorical', names]]);
    expect(resolve('gaussian:income+age,ignore:id,categorical:*')).toEqual([
      ['gaussian', ['income', 'age']],
      ['categorical', ['visits', 'region']],
    ]);
    expect(resolve('gaussian:age,ignore:*')).toEqual([['gaussian', ['age']]]);
    expect(resolve('gaussian:age+income+visits+region+id,ignore:*')).toEqual([['gaussian', names]]);
  });

  test('options come with them', () => {
    expect(resolveFamilies(parse('student-t(4):x'), ['x'])).toEqual([
      { family: 'studentT', options: ['4'], columns: ['x'] },
    ]);
  });

  test.each([
    ['gaussian:agee,beta:*', '--family: expected columns of the data, got "agee"; did you mean "age"?'],
    ['gaussian:Age,beta:*', '--family: expected columns of the data, got "Age"; did you mean "age"?'],
    ['gaussian:weight,beta:*', '--family: expected columns of the data, got "weight"; name some of age, income, visits, region, id'],
    ['gaussian:age+income', '--family: expected a family for each column, got none for "visits", "region", "id"; name them too, or leave them out with ignore:*'],
    ['gaussian:age+income+visits+region', '--family: expected a family for each column, got none for "id"; name it too, or leave it out with ignore:*'],
    ['gaussian:age+income+visits+region+id,beta:*', '--family: expected columns for beta, got none: other entries name all 5; leave beta:* out'],
  ])('%s', (text, message) => {
    expect(complaint(() => resolve(text))).toBe(message);
  }); // prettier-ignore

  test('data without columns, and entries of a caller’s that no text has', () => {
    expect(complaint(() => resolveFamilies(parse('beta'), []))).toBe(
      '--family: expected columns for beta, got data without columns; give data that have some',
    );
    expect(complaint(() => resolveFamilies([], names, 'here'))).toBe(
      'here: expected a family, got none; say which family the other columns have',
    );
    expect(complaint(() => resolveFamilies([entry('beta', ['age']), entry('gamma', ['age'])], names))).toMatch(/"age" twice/);
  }); // prettier-ignore

  test('a column by a name that is left is meant sooner than one that has its family', () => {
    const message = complaint(() => resolveFamilies(parse('beta:x10,gamma:x1O'), ['x10', 'x11']));
    expect(message).toMatch(/did you mean "x11"\?$/);
  });
});
