import { InputError } from '../base/errors.js';

/** For a model file that is damaged; `got` is what it has. */
export function damagedModel(where: string, got: string): InputError {
  return new InputError('format', {
    where,
    expected: 'a model file written by otmix',
    got,
    remedy: 'save the mixture again, or give the right file',
  });
}

/** Whether these are numbers, all finite. */
export function isNumbers(values: unknown): values is number[] {
  return Array.isArray(values) && Array.from(values).every(Number.isFinite); // which, unlike isFinite, converts nothing
}

/** Of a model file some of whose entries are missing, of the wrong kind or of lengths that disagree. */
export function misfit(where: string, parameters: readonly string[]): InputError {
  return damagedModel(where, `weights, ${parameters.join(', ')} or columns that are missing or do not fit together`);
}
