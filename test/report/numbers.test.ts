import { expect, test } from 'vitest';
import * as numbers from '../../src/report/numbers.js';

test.each([
  [numbers.fixed(-1234.567, 2), '−1,234.57'],
  [numbers.fixed(-0.001, 2), '0.00'],
  [numbers.count(1e6), '1,000,000'],
  [numbers.counted(1, 'row'), '1 row'],
  [numbers.counted(2, 'sweep over', 'sweeps over'), '2 sweeps over'],
  [numbers.powerOfTen(-12), '10⁻¹²'],
  [numbers.scientific(-1234, 3), '−1.23×10³'],
  [numbers.significant(0), '0'],
  [numbers.significant(3.14159, 3), '3.14'],
  [numbers.significant(-12345.6, 3), '−12,346'],
  [numbers.significant(0.00001234, 3), '1.23×10⁻⁵'],
  [numbers.nats(-1130.26396018), '−1,130.26'],
  [numbers.nats(-1130.26, 2e5), '−1,130.3'],
  [numbers.nats(NaN), '–'],
  [numbers.percent(0.361), '36.1 %'],
  [numbers.percent(0.0012), '0.12 %'],
  [numbers.percent(1e-6), '< 0.01 %'],
  [numbers.percent(1), '100 %'],
  [numbers.duration(0.0001), '< 1 ms'],
  [numbers.duration(0.0123), '12 ms'],
  [numbers.duration(1.243), '1.24 s'],
  [numbers.duration(200), '3 min 20 s'],
  [numbers.duration(7260), '2 h 1 min'],
])('prints %s', (printed, expected) => expect(printed).toBe(expected));

test('columnFormat gives a column as many decimals as its deviations need', () => {
  const format = numbers.columnFormat([4.28966198, 2.03638846], [0.41, 0.26]);
  expect([4.28966198, 0.41].map(format)).toEqual(['4.29', '0.41']);
  expect(numbers.columnFormat([1e6], [0.5])(1e6 + 0.25)).toBe('1,000,000.25');
});

test('columnFormat turns to powers of ten where decimals would be unreadable', () => {
  expect(numbers.columnFormat([2e12], [3e11])(2e12)).toBe('2.00×10¹²');
  expect(numbers.columnFormat([2e-7], [3e-8])(2e-7)).toBe('2.00×10⁻⁷');
});

test('columnFormat survives a column without spread', () => {
  expect(numbers.columnFormat([0], [0])(0)).toBe('0');
  expect(numbers.columnFormat([5], [0])(5)).toBe('5.0');
});

test('shortened keeps both ends of a long name, on one line', () => {
  expect(numbers.shortened('short')).toBe('short');
  expect(numbers.shortened('two\n lines\u0000')).toBe('two lines\\x00');
  expect(numbers.shortened('feature.with.a.long.name_17', 12)).toBe('featur…me_17');
});
