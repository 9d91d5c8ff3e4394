/**
 * The import rules over the files as they are. Type imports count, except where the question is what a browser loads.
 * AssemblyScript (kernels/simd/assembly) is no part of the module graph.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** From the top to the ground: a file imports from lines below its own, and within its own folder. Never sideways. */
const layers: readonly (readonly string[])[] = [
  ['src/cli/'],
  ['src/index.ts', 'src/sources.ts', 'src/text.ts', 'src/report/'],
  ['src/cluster/worker/'],
  ['src/bootstrap/'],
  ['src/fit/'],
  ['src/em/', 'src/mixture/'],
  ['src/cluster/'],
  ['src/seeding/', 'src/sinkhorn/'],
  ['src/data/', 'src/tensors/'],
  ['src/families/', 'src/transport/', 'src/backend/'],
  ['src/sweep/', 'src/geometry/'],
  ['src/threads/'],
  ['src/base/'],
  ['kernels/'],
];

/** The packages that `otmix` may load in a browser, and the one it may load there when WebGPU is used. */
const browserPackages = ['@tensorflow/tfjs', 'pure-rand'];
const onDemandPackage = '@tensorflow/tfjs-backend-webgpu';

/** The files that may touch what tfjs keeps to itself, and the names of that. */
const engines = ['kernels/engine.ts', 'kernels/webgpu/tfjs.ts'];
const internals = [
  'backendInstance',
  'bufferManager',
  'dataId',
  'getGradient',
  'getKernel',
  'getKernelsForBackend',
  'registerBackend',
  'registerGradient',
  'registerKernel',
  'registryFactory',
  'removeBackend',
  'runKernel',
  'setBackend',
  'tensorInfo',
  'tensorMap',
  'unregisterKernel',
];

interface Import {
  /** The importing file, relative to the repository. */
  readonly file: string;
  /** As it is written. */
  readonly specifier: string;
  /** The files it may mean, by environment; a package or builtin as it is written. */
  readonly node: string;
  readonly browser: string;
  /** Whether anything is left of it when types are gone. */
  readonly runtime: boolean;
  /** Whether it is loaded when the code comes to it, and not before. */
  readonly onDemand: boolean;
}

const files = ['src', 'kernels']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      posix.join(folder, file.replaceAll('\\', '/')),
    ),
  )
  .filter((file) => file.endsWith('.ts') && !file.startsWith('kernels/simd/assembly/'))
  .sort();
const sources = new Map(
  files.map((file) => [
    file,
    ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true),
  ]),
);
const aliases = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, { node: string; default: string }>;
  }
).imports;

function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node);
  ts.forEachChild(node, (child) => visit(child, each));
}

/** The module that a piece of syntax imports. */
function imported(node: ts.Node): (Pick<Import, 'runtime'> & { readonly specifier: ts.Node }) | undefined {
  if (ts.isImportDeclaration(node)) {
    return { specifier: node.moduleSpecifier, runtime: node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: node.moduleSpecifier, runtime: !node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: node.argument.literal, runtime: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: node.arguments[0], runtime: true };
  }
  return undefined;
}

function targets(file: string, specifier: string): Pick<Import, 'node' | 'browser'> {
  const built = (path: string): string => path.replace('./dist/', '').replace(/\.js$/, '.ts');
  if (specifier in aliases) return { node: built(aliases[specifier].node), browser: built(aliases[specifier].default) };
  const target = specifier.startsWith('.') ? built(posix.join(dirname(file), specifier)) : specifier;
  return { node: target, browser: target };
}

const imports: readonly Import[] = [...sources].flatMap(([file, source]) => {
  const found: Import[] = [];
  visit(source, (node) => {
    const one = imported(node);
    if (!one || !ts.isStringLiteral(one.specifier)) return;
    const specifier = one.specifier.text;
    const onDemand = ts.isCallExpression(node);
    found.push({ file, specifier, runtime: one.runtime, onDemand, ...targets(file, specifier) });
  });
  return found;
});
const within = imports.flatMap((one) => [...new Set([one.node, one.browser])].map((target) => ({ ...one, target })));
const own = within.filter(({ target }) => target.startsWith('src/') || target.startsWith('kernels/'));

/** The line of the table a file is on, and which of its entries it belongs to. */
function place(file: string): { readonly line: number; readonly entry: string } | undefined {
  const line = layers.findIndex((entries) => entries.some((entry) => file.startsWith(entry)));
  const entry = layers[line]?.find((prefix) => file.startsWith(prefix));
  return entry === undefined ? undefined : { line, entry };
}

test('the parser sees imports of every kind', () => {
  const kinds = ['import type', 'import', 'export type', 'export', 'import()'];
  const text = [
    'import type { A } from "a"',
    'import { b } from "b"',
    'export type * from "c"',
    'export * from "d"',
    'void import("e")',
  ];
  const source = ts.createSourceFile('x.ts', text.join(';\n'), ts.ScriptTarget.Latest, true);
  const runtime: boolean[] = [];
  visit(source, (node) => {
    const one = imported(node);
    if (one) runtime.push(one.runtime);
  });
  expect(Object.fromEntries(kinds.map((kind, i) => [kind, runtime[i]]))).toEqual({
    'import type': false,
    import: true,
    'export type': false,
    export: true,
    'import()': true,
  });
  expect(imports.length).toBeGreaterThan(files.length);
});

describe('imports', () => {
  test('that are relative name files of src and kernels, by their .js names', () => {
    const wrong = within.filter(
      ({ target, specifier }) =>
        (specifier.startsWith('.') && !(sources.has(target) && specifier.endsWith('.js'))) ||
        (specifier.startsWith('#') && !sources.has(target)),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('every file has its place in the table of layers', () => {
    expect(files.filter((file) => !place(file))).toEqual([]);
    expect(layers.flat().filter((entry) => !files.some((file) => file.startsWith(entry)))).toEqual([]);
  });

  test('only go down', () => {
    const wrong = own.filter(({ file, target }) => {
      const [from, to] = [place(file), place(target)];
      return from && to && from.entry !== to.entry && from.line >= to.line;
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('have no cycles', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' imports '));
      if (done.has(file) || path.includes(file)) return;
      for (const { target } of own.filter((one) => one.file === file)) walk(target, [...path, file]);
      done.add(file);
    };
    files.forEach((file) => walk(file, []));
    expect(cycles).toEqual([]);
  });

  test('of kernels reach nothing in src', () => {
    const wrong = own.filter(({ file, target }) => file.startsWith('kernels/') && target.startsWith('src/'));
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });
});

describe('tfjs', () => {
  test(`its engine and registry are touched by ${engines.join(' and ')} alone`, () => {
    const touched = (file: string): string[] => {
      const names: string[] = [];
      visit(sources.get(file) as ts.Node, (node) => {
        if (ts.isIdentifier(node) && internals.includes(node.text)) names.push(node.text);
        if (ts.isPropertyAccessExpression(node) && node.getText() === 'tf.engine') names.push('tf.engine');
      });
      return [...new Set(names)].map((name) => `${file} uses ${name}`);
    };
    expect(files.filter((file) => !engines.includes(file)).flatMap(touched)).toEqual([]);
    for (const engine of engines) expect(touched(engine)).not.toEqual([]);
  });
});

test('tfjs is loaded by the files behind #tfjs alone, others have its types', () => {
  const loaders = imports.filter(({ specifier, runtime }) => specifier === '@tensorflow/tfjs' && runtime);
  expect(loaders.map(({ file }) => file)).toEqual(['kernels/tfjs.browser.ts']);
});

describe('in browsers', () => {
  /** Everything that loading a file loads, and the way to it. */
  function reached(entry: string): Map<string, string> {
    const ways = new Map([[entry, entry]]);
    for (const [file, way] of ways) {
      for (const { browser } of imports.filter((one) => one.file === file && one.runtime)) {
        if (!ways.has(browser)) ways.set(browser, `${way} imports ${browser}`);
      }
    }
    return ways;
  }

  test('otmix loads tfjs and pure-rand, no builtin of Node and nothing else', () => {
    const allowed = (target: string): boolean =>
      sources.has(target) || browserPackages.some((name) => target === name || target.startsWith(`${name}/`));
    const ways = [...reached('src/index.ts')];
    const wrong = ways.filter(([target]) => !allowed(target) && target !== onDemandPackage);
    expect(wrong.map(([, way]) => way)).toEqual([]);
    for (const name of browserPackages)
      expect(
        ways.some(([target]) => target.startsWith(name)),
        name,
      ).toBe(true);
  });

  test('tfjs’s WebGPU kernels are loaded when they are used', () => {
    const found = imports.filter(({ specifier, runtime }) => specifier === onDemandPackage && runtime);
    expect(found.map(({ onDemand }) => onDemand)).toEqual([true]);
  });

  test('nothing of commands, files and reports is among it', () => {
    const foreign = /^src\/(cli|report|data\/files)\/|^src\/sources\.ts$|\.node\.ts$/;
    expect([...reached('src/index.ts')].filter(([target]) => foreign.test(target)).map(([, way]) => way)).toEqual([]);
  });
});
