import type { TextFormat } from './options.js';
import { sampled, type Sample } from './sample.js';
import type { Position } from './leading.js';
import { isMissing, type Rules } from './missing.js';
import { Spelling } from './numbers.js';

/** Signs between cells, the likeliest first. */
const SIGNS = [',', ';', '\t', '|'];

/** Records that are looked at. */
const MOST = 1000;

/**
 * The sign between cells, of those that give most records two cells or more. The best gives every record as many cells
 * as the first. Among equals the one wins by which more cells are numbers, with whichever decimal sign, or missing.
 * Then the one that gives more cells wins; then the order comma, semicolon, tab, bar decides. Blanks only in .txt,
 * where no other sign does and all records agree. Where none does, the text has one column, and the first sign that no
 * number holds stands for all. A sign that numbers are said to hold delimits only where some cell is in quotes.
 */
export function findDelimiter(
  sample: Sample,
  format: TextFormat,
  from: Position,
  { spelling, missing }: Rules,
): string {
  if (format === 'tsv') return '\t';
  const inNumbers = [spelling.decimal, spelling.thousands];
  const rules = SPELLINGS.map((one) => ({ spelling: one, missing }));
  const tried = SIGNS.map((sign) => trial(sample, sign, from, rules)).filter(
    ({ sign, width, quoted }) => width > 1 && (quoted || !inNumbers.includes(sign)),
  );
  const best: Trial | undefined = tried.sort(
    (one, other) =>
      Number(other.consistent) - Number(one.consistent) || other.share - one.share || other.width - one.width,
  )[0];
  if (format === 'txt' && !best?.consistent) {
    const blanks = trial(sample, ' ', from, rules);
    if (blanks.consistent && blanks.width > 1) return ' ';
  }
  return best?.sign ?? SIGNS.find((sign) => !inNumbers.includes(sign)) ?? ',';
}

interface Trial {
  readonly sign: string;
  /** Cells that most records have. */
  readonly width: number;
  /** Whether all records have as many cells as the first, and all are sound. */
  readonly consistent: boolean;
  /** Share of cells, the first record's aside, that are numbers or missing. */
  readonly share: number;
  /** Whether some cell is in quotes, which a sign next to them bears out. */
  readonly quoted: boolean;
}

const SPELLINGS = [new Spelling('.'), new Spelling(',')];

function trial(sample: Sample, sign: string, from: Position, rules: readonly Rules[]): Trial {
  const { records, fault } = sampled(sample, sign, from, MOST);
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [[width] = [0]] = Array.from(counts).sort(([, one], [, other]) => other - one);
  const cells = records.slice(1).flatMap((record) => record.cells);
  const numbers = cells.filter(({ text }) =>
    rules.some((rule) => isMissing(text, rule) || rule.spelling.parse(text) !== undefined),
  );
  return {
    sign,
    width,
    consistent: fault === undefined && counts.size === 1,
    quoted: records.some((record) => record.cells.some(({ quoted }) => quoted)),
    share: cells.length === 0 ? 0 : numbers.length / cells.length,
  };
}
