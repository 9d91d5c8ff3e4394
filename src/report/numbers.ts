import { printable } from '../base/printable.js';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Prints 10ᵉ. */
export function powerOfTen(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (c) => SUPERSCRIPTS[Number(c)]);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Superscript digits as plain ones, with a true minus sign. */
export function plainDigits(superscripts: string): string {
  return superscripts.replace(/./g, (c) => (c === '⁻' ? '−' : String(SUPERSCRIPTS.indexOf(c))));
}

/** Prints with so many decimals, thousands grouped, a true minus sign, and no negative zero. */
export function fixed(x: number, decimals: number): string {
  const text = Math.abs(x).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return x < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** Prints a whole number, thousands grouped. */
export function count(n: number): string {
  return fixed(n, 0);
}

/** Prints a count with its noun: `1 row`, `2 rows`. */
export function counted(n: number, singular: string, plural = `${singular}s`): string {
  return `${count(n)} ${n === 1 ? singular : plural}`;
}

/** Prints m × 10ᵉ with so many significant digits. */
export function scientific(x: number, digits: number): string {
  if (x === 0) return '0';
  const [mantissa, exponent] = Math.abs(x)
    .toExponential(digits - 1)
    .split('e');
  return `${x < 0 ? '−' : ''}${mantissa}×${powerOfTen(Number(exponent))}`;
}

/** Prints so many significant digits, as a decimal where that stays readable. */
export function significant(x: number, digits = 4): string {
  const size = Math.abs(x);
  if (size === 0) return '0';
  if (size >= 1e9 || size < 1e-4) return scientific(x, digits);
  return fixed(x, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/**
 * Prints a log-likelihood or criterion summed over rows: two decimals, one where the largest beside it makes them idle.
 */
export function nats(x: number, largest = x): string {
  if (!Number.isFinite(x)) return '–';
  const size = Math.abs(largest);
  return size >= 1e10 ? scientific(x, 7) : fixed(x, size < 1e5 ? 2 : 1);
}

/** Prints a share of 1 in percent. */
export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths === 0 || hundredths >= 99.995) return `${fixed(hundredths, 0)} %`;
  if (hundredths < 0.01) return '< 0.01 %';
  return `${fixed(hundredths, hundredths < 0.995 ? 2 : 1)} %`;
}

/** Prints a duration given in seconds. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds > 0 && seconds < 0.0005) return '< 1 ms';
  if (seconds < 0.9995) return `${fixed(seconds * 1e3, 0)} ms`;
  if (seconds < 59.95) return `${fixed(seconds, seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${count(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * Chooses one format for a column of means and standard deviations. It has as many decimals as show the smaller
 * deviations with two significant digits, or powers of ten where decimals would be unreadable.
 */
export function columnFormat(means: readonly number[], scales: readonly number[]): (x: number) => string {
  const largest = Math.max(...means.map(Math.abs), ...scales);
  const widest = Math.max(...scales);
  const spread = scales.filter((s) => s > 0 && s >= widest * 1e-3).sort((a, b) => a - b);
  const reference = spread[Math.floor(spread.length / 4)] ?? largest;
  if (largest === 0) return (x) => fixed(x, 0);
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(reference)));
  const digits = Math.floor(Math.log10(largest)) + 1 + decimals;
  const readable = largest < 1e9 && largest >= 1e-3 && decimals <= 6 && digits <= 12;
  if (readable) return (x) => fixed(x, decimals);
  const mantissa = Math.floor(Math.log10(largest)) - Math.floor(Math.log10(reference)) + 2;
  return (x) => scientific(x, Math.min(mantissa, 8));
}

/**
 * Puts a name on one line and cuts its middle, for axis titles and running text: long names often share a beginning.
 */
export function shortened(name: string, most = 32): string {
  const line = printable(name.replace(/\s+/g, ' ').trim());
  const letters = Array.from(new Intl.Segmenter('en').segment(line), ({ segment }) => segment);
  if (letters.length <= most) return line;
  const tail = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(letters.length - tail).join('')}`;
}

/** Prints a list: `a, b and c`. */
export function joined(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
