/**
 * Lists sentences that are hard to read: of more than 25 words, or with "he", "his", "him" for a reader or a caller.
 * Of Markdown it reads paragraphs and list items; of TypeScript, comments. Code, tables and formulas don't count.
 *
 *     node scripts/prose.mjs [--words 25] [FILE or FOLDER …]     all pages where none is named
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is read where nothing is named. */
const unnamed = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs'];

const args = process.argv.slice(2);
const at = args.indexOf('--words');
const limit = at < 0 ? 25 : Number(args.splice(at, 2)[1]);
const found = filesOf(args.length > 0 ? args.map(fromRoot) : unnamed).flatMap((file) => complaintsOf(file, limit));
for (const { file, line, why, sentence } of found) console.log(`${file}:${line} [${why}] ${sentence}`);
console.log(`${found.length} to mend`);
process.exitCode = found.length === 0 ? 0 : 1;

function fromRoot(name) {
  return relative(root, resolve(name));
}

/** The files behind names of files and folders: Markdown and TypeScript, without what is generated. */
function filesOf(names) {
  return names.flatMap((name) => {
    if (!statSync(join(root, name)).isDirectory()) return [name];
    return readdirSync(join(root, name), { recursive: true })
      .map((file) => join(name, file).replaceAll('\\', '/'))
      .filter((file) => /\.(md|ts)$/.test(file) && !/^docs\/api\/|^kernels\/simd\/(assembly\/|generated)/.test(file))
      .sort();
  });
}

/** Complaints of a file: `{ file, line, words, sentence, why }`. */
function complaintsOf(file, limit) {
  const text = readFileSync(join(root, file), 'utf8');
  const paragraphs = file.endsWith('.md') ? ofMarkdown(text) : ofComments(file, text);
  return paragraphs.flatMap(({ line, text }) =>
    sentencesOf(text).flatMap((sentence) => {
      const words = wordsOf(sentence).length;
      const long = words > limit ? [{ why: `${words} words` }] : [];
      const he = /\b(he|his|him|himself)\b/i.test(plain(sentence)) ? [{ why: 'he' }] : [];
      return [...long, ...he].map((found) => ({ file, line, words, sentence, ...found }));
    }),
  );
}

/** Inline code becomes a word, and so does a list of it; of links the text is left. */
function plain(sentence) {
  return sentence
    .replace(/`[^`]*`(\s*,\s*`[^`]*`)*/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\{@link [^}]*\}/g, 'code');
}

/** Words have a letter; operators, numbers and brackets of formulas have none. */
function wordsOf(sentence) {
  return plain(sentence)
    .split(/[\s—–/]+/)
    .filter((word) => /[A-Za-z]/.test(word));
}

function sentencesOf(text) {
  return text
    .replace(/\b(e\.g|i\.e|et al|vs|cf|Eq|No)\./g, '$1')
    .split(/(?<=[.!?][)\]*_`"]*)\s+|(?<=:)\s+(?=[^a-z\s])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Paragraphs and list items; headings, tables, fenced and indented blocks, HTML are left out. */
function ofMarkdown(text) {
  const found = [];
  let fenced = false;
  let open = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const indented = open === null && /^ {4}/.test(line);
    const item = /^\s*(?:[-*]|\d+\.)\s+/.exec(line);
    const ends = fenced || /^\s*(```|#|\||<|!\[|$)/.test(line) || indented;
    if (ends || item) open = null;
    if (ends) continue;
    if (open === null) found.push((open = { line: index + 1, text: '' }));
    open.text += ` ${item ? line.slice(item[0].length) : line.trim()}`;
  }
  return found;
}

/** Comments of TypeScript: runs of // lines are one; within /** a blank line, a tag or an item begins anew. */
function ofComments(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const ranges = new Map();
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) ranges.set(range.pos, range);
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  const lineOf = (pos) => source.getLineAndCharacterOfPosition(pos).line + 1;
  const found = [];
  let last = -1;
  for (const { pos, end } of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    const raw = text.slice(pos, end);
    const line = lineOf(pos);
    if (raw.startsWith('//')) {
      const body = raw.replace(/^\/+\s?/, '');
      if (/^(eslint|prettier|@ts)/.test(body)) continue;
      const alone = /^\s*$/.test(text.slice(text.lastIndexOf('\n', pos - 1) + 1, pos));
      if (alone && line === last + 1 && found.length > 0) found[found.length - 1].text += ` ${body}`;
      else found.push({ line, text: body });
      last = line;
    } else found.push(...ofBlock(raw, line));
  }
  return found;
}

function ofBlock(raw, first) {
  const found = [];
  let open = null;
  for (const [index, line] of raw.replace(/\*\/$/, '').split('\n').entries()) {
    const body = line.replace(/^\s*\/?\*+ ?/, '');
    const ends = body.trim() === '' || /^ {4}|^\s*[|#]/.test(body);
    const begins = /^\s*(?:[-*]|\d+\.)\s+|^\s*@\w+/.exec(body);
    if (ends || begins) open = null;
    if (ends) continue;
    if (open === null) found.push((open = { line: first + index, text: '' }));
    open.text += ` ${body.trim().replace(/^@(param|throws|returns)\s+(\S+)?/, '')}`;
  }
  return found;
}
