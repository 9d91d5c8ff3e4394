import type { Floats } from '../sweep/model.js';
import { InputError } from '../base/errors.js';
import type { Batch } from './source.js';

/** What makes a number of each text of a column. */
export interface Coder {
  /** The number of a text; NaN of a blank one, which is missing. */
  code(text: string): number;
}

/** Texts by column, `[d]`: of a column of text its own, undefined of one of numbers. */
export type LevelsOfColumns = NonNullable<Batch['levels']>;

/** Which column has levels, for messages. */
export interface LevelColumn {
  /** What messages call the data. */
  readonly where: string;
  readonly name: string;
  /** Whether the user named it: then it may have as many texts as there can be. */
  readonly named: boolean;
  /** What to do where it has too many texts. */
  readonly remedy: string;
}

/** Different texts of a column that no one named: more are names or notes rather than levels. */
const MANY = 1000;

/** Different texts of any column: float32 holds the place of each, and so does a Map. */
const MOST = 2 ** 24;

/**
 * The texts of a column in order of first appearance, each numbered by its place. No text is kept twice, and the list
 * only grows. Throws `InputError('format')` at more texts than the column may have.
 */
export class Levels implements Coder {
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();

  constructor(
    private readonly column: LevelColumn,
    private readonly most = column.named ? MOST : MANY,
  ) {}

  code(text: string): number {
    const place = this.places.get(text);
    if (place !== undefined) return place;
    if (text.trim() === '') return NaN;
    const next = this.texts.length;
    if (next === this.most) throw tooMany(this.column, this.most);
    this.texts.push(text);
    this.places.set(text, next);
    return next;
  }
}

/** Turns places in one list of texts into places in another, which grows by those that it meets first. */
export function recode(places: Floats, from: Levels, to: Levels): void {
  for (let i = 0; i < places.length; i++) {
    if (!Number.isNaN(places[i])) places[i] = to.code(from.texts[places[i]]);
  }
}

function tooMany({ where, name, named, remedy }: LevelColumn, most: number): InputError {
  const count = most.toLocaleString('en-US');
  return new InputError('format', {
    where,
    expected: `at most ${count} levels in a column${named ? '' : ' that no one named'}`,
    got: `column ${name} with more than ${count} different texts`,
    remedy,
  });
}
