/** Unpacks what npm packages carry, once, into a cache that `npm ci` removes with the rest of node_modules. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Where what is unpacked of this version of `@sparticuz/chromium` lies. */
export function cached(name: string): string {
  return join(root, 'node_modules/.cache/otmix', `${name}-${manifest().version}`);
}

/** The folder of `@sparticuz/chromium`. */
export function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium'); // build/cjs/index.cjs
  return join(dirname(entry), '../..');
}

/**
 * Has `unpackInto` fill a folder beside `home`, which is then renamed, so that whatever has the final name is complete,
 * also when two runs start at once or one is killed half-way. Does nothing where `home` is there.
 */
export function unpackOnce(home: string, unpackInto: (folder: string) => void): void {
  if (existsSync(home)) return;
  mkdirSync(dirname(home), { recursive: true });
  const partial = mkdtempSync(`${home}-`);
  try {
    unpackInto(partial);
    renameSync(partial, home);
  } catch (error) {
    if (!existsSync(home)) throw error; // else another run was faster
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The regular files of a tar archive, by name. */
export function* filesOfTar(tar: Buffer): Generator<{ readonly name: string; readonly content: Buffer }> {
  const text = (from: number, length: number): string => tar.toString('latin1', from, from + length).split('\0', 1)[0];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8);
    const isFile = text(at + 156, 1) === '0' || tar[at + 156] === 0;
    const content = tar.subarray(at + 512, at + 512 + size);
    if (isFile) yield { name: text(at, 100), content };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function manifest(): { readonly version: string } {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string };
}
