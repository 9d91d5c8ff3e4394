/** Words that differ in more than this share of their characters are not alike. */
const SHARE = 0.4;

/** The word most like another, if there is one: characters left out, added, changed or swapped, but for case. */
export function mostSimilar(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const one of words) {
    const distance = editDistance(word.toLowerCase(), one.toLowerCase());
    if (distance < least && distance <= SHARE * Math.min(word.length, one.length)) [best, least] = [one, distance];
  }
  return best;
}

/** How many such edits make one word of another, none at one place twice: optimal string alignment. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
