/**
 * A Vulkan driver for the tests in Node on a machine without a GPU: SwiftShader, which computes on the CPU, and the
 * Vulkan loader, both carried by the npm package `@sparticuz/chromium`. {@link setup} runs before the test processes
 * start: loader and driver are found by environment variables that must be there when a process begins.
 *
 * Whoever sets VK_ICD_FILENAMES, the loader's own variable, tests with the driver it names.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { cached, filesOfTar, packageFolder, unpackOnce } from './unpack.js';

const driver = 'vk_swiftshader_icd.json';
const wanted = [driver, 'libvk_swiftshader.so', 'libvulkan.so.1'];

export function setup(): void {
  if (process.env.VK_ICD_FILENAMES !== undefined) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') return; // Metal, D3D12 or the system's own driver
  const home = cached('swiftshader');
  unpackOnce(home, unpackInto);
  const { LD_LIBRARY_PATH, XDG_RUNTIME_DIR } = process.env;
  process.env.VK_ICD_FILENAMES = join(home, driver);
  process.env.LD_LIBRARY_PATH = [home, LD_LIBRARY_PATH].filter(Boolean).join(':');
  process.env.XDG_RUNTIME_DIR = XDG_RUNTIME_DIR ?? home; // the loader complains where it is missing
}

function unpackInto(folder: string): void {
  const archive = readFileSync(join(packageFolder(), 'bin/swiftshader.tar.br'));
  const unpacked: string[] = [];
  for (const { name, content } of filesOfTar(brotliDecompressSync(archive))) {
    if (!wanted.includes(name)) continue;
    writeFileSync(join(folder, name), content, { mode: 0o755 });
    unpacked.push(name);
  }
  if (unpacked.length < wanted.length) {
    throw new Error(`swiftshader.tar.br: expected ${wanted.join(', ')}, got ${unpacked.join(', ') || 'none'}`);
  }
}
