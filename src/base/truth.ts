/** The names of the levels of true and false: a column of these holds their places, 0 and 1. */
export const TRUTH: readonly string[] = ['false', 'true'];

/** Whether a list of texts is that of true and false: then a column is one of numbers as well as of text. */
export function areTruth(texts: readonly string[]): boolean {
  return texts.length === TRUTH.length && texts.every((text, place) => text === TRUTH[place]);
}
