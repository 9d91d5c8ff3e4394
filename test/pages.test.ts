/** What people read: links, anchors and names of files lead somewhere, pages are short, and sentences readable. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...guides.map((name) => `docs/${name}`),
];

/** The page without its fenced blocks. */
const textOf = (page: string): string =>
  readFileSync(join(root, page), 'utf8').replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of textOf(page).matchAll(/^#+ +(.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Targets of links and pictures that are no addresses of the web. */
const linksOf = (page: string): string[] =>
  [...textOf(page).matchAll(/\]\(<?([^)>\s]+)>?\)/g)].map(([, target]) => target).filter((to) => !/^\w+:/.test(to));

/** Whether a link leads to a file, and to a heading of it where it names one. */
function leads(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const file = path === '' ? page : posix.join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(file).has(anchor);
}

describe.each(pages)('%s', (page) => {
  test('has links that lead to files and headings', () => {
    expect(linksOf(page).filter((link) => !leads(page, link))).toEqual([]);
  });

  test('names files and folders that are there', () => {
    const named = [...textOf(page).matchAll(/`((?:src|kernels|test|bench|scripts|examples)\/[\w./-]*\w\/?)`/g)];
    const made = ['kernels/simd/generated.ts', 'kernels/simd/generated-checksum.ts']; // by the build
    const paths = named.map(([, path]) => path).filter((path) => !made.includes(path) && !path.includes('NAME'));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

test('every guide is linked from the README', () => {
  const linked = linksOf('README.md').map((link) => link.split('#')[0]);
  expect(guides.filter((name) => !linked.includes(`docs/${name}`))).toEqual([]);
});

test('the README has at most 150 lines, and the architecture fits a page', () => {
  const lines = (page: string): number => readFileSync(join(root, page), 'utf8').split('\n').length - 1;
  expect(lines('README.md')).toBeLessThanOrEqual(150);
  expect(lines('ARCHITECTURE.md')).toBeLessThanOrEqual(90);
});

test('sentences have at most 25 words, and the caller is no he', () => {
  const { stdout } = spawnSync(process.execPath, ['scripts/prose.mjs'], { cwd: root, encoding: 'utf8' });
  expect(stdout).toBe('0 to mend\n');
});
