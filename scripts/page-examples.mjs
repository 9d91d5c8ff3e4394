/**
 * Runs the code blocks of README.md and of the pages in docs, each page in an empty project where `otmix` is this checkout,
 * built: ts and js blocks as ES modules, sh blocks line by line. The blocks of a page share a folder, in the order of the
 * page. In front of a block,
 *
 *     <!-- no-run: reason -->    leaves it out, and says so
 *     <!-- file: name -->        makes it that file of the project, whatever its language
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { check, execute, finish, skip } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).sort();
const pages = ['README.md', ...docs.map((name) => join('docs', name))];
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const command = join(root, manifest.bin.otmix);
const languages = {
  ...{ ts: runModule, typescript: runModule, js: runModule, javascript: runModule },
  ...{ sh: runShell, bash: runShell, shell: runShell, console: runShell },
};

if (!existsSync(command))
  throw new Error(`page-examples: expected ${manifest.bin.otmix}, got no such file; run npm run build`);

for (const page of pages) {
  const blocks = codeBlocks(page, await readFile(join(root, page), 'utf8'));
  if (blocks.length === 0 && page === pages[0])
    throw new Error(`page-examples: expected code blocks in ${page}, got none`);
  const project = await mkdtemp(join(tmpdir(), 'otmix-page-'));
  try {
    await prepareProject(project);
    for (const block of blocks) await runBlock(page, project, block);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}
finish();

/** The fenced blocks of a page: language, text, line, the heading above, and the comment right in front, if any. */
function codeBlocks(page, text) {
  const found = [];
  let heading = '';
  let comment = null;
  let open = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)(`{3,})\s*([\w-]*)/.exec(line);
    if (open !== null) {
      if (fence?.[2] === open.fence && fence[3] === '') {
        found.push({ ...open, text: open.lines.join('\n') + '\n' });
        open = null;
      } else open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (fence) {
      open = { indent: fence[1], fence: fence[2], language: fence[3], line: index + 1, heading, comment, lines: [] };
      comment = null;
    } else if (line.trim() !== '') {
      heading = /^#+\s+(.*)/.exec(line)?.[1] ?? heading;
      comment = /^\s*<!--\s*(no-run|file):\s*(.*?)\s*-->\s*$/.exec(line)?.slice(1) ?? null;
    }
  }
  if (open !== null)
    throw new Error(`${page}:${open.line}: expected a closing fence, got the end of the page; close the block`);
  return found;
}

/** The project sees this package, its peers, its command and the data of examples; and nothing that it does not declare. */
async function prepareProject(project) {
  const bin = join(project, 'node_modules/.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'reader', private: true, type: 'module' }));
  await symlink(root, join(project, 'node_modules', manifest.name));
  for (const peer of [...Object.keys(manifest.peerDependencies), 'vega-datasets']) {
    const installed = join(root, 'node_modules', peer);
    const place = join(project, 'node_modules', peer);
    if (!existsSync(installed)) continue;
    await mkdir(dirname(place), { recursive: true });
    await symlink(installed, place);
  }
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`;
  await writeFile(join(bin, manifest.name), launcher, { mode: 0o755 });
}

async function runBlock(page, project, block) {
  const title = `${page}:${block.line} ${block.language || 'plain'}, ${block.heading}`;
  const [kind, value] = block.comment ?? [];
  const run = languages[block.language];
  if (kind === 'file') await check(`${title} -> ${value}`, () => writeFile(join(project, value), block.text));
  else if (kind === 'no-run') skip(title, value);
  else if (run) await check(title, () => run(project, block));
}

async function runModule(project, { language, text, line }) {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  const code = language.startsWith('t') ? ts.transpileModule(text, { compilerOptions: options }).outputText : text;
  const file = join(project, `line-${line}.mjs`);
  await writeFile(file, code);
  await execute(process.execPath, [file], { cwd: project });
}

async function runShell(project, { text }) {
  const bin = join(project, 'node_modules/.bin');
  const lines = text.replace(/\\\n\s*/g, '').split('\n');
  const env = { ...process.env, PATH: `${bin}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  for (const line of lines.map((line) => line.replace(/^\$ /, '').trim())) {
    if (line !== '' && !line.startsWith('#')) await execute('sh', ['-ec', line], { cwd: project, env });
  }
}
