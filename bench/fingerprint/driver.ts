/** SwiftShader, a Vulkan driver on the CPU that an npm package carries, for machines without a GPU. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const driver = 'vk_swiftshader_icd.json';

/**
 * Variables that a process must begin with for its Vulkan loader to find the driver; none where the caller names a
 * driver himself, or on a system that needs none.
 */
export function driverVariables(root: string): NodeJS.ProcessEnv {
  if (process.env.VK_ICD_FILENAMES !== undefined || process.env.VK_DRIVER_FILES !== undefined) return {};
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};
  const home = unpacked(root);
  const { LD_LIBRARY_PATH, XDG_RUNTIME_DIR } = process.env;
  return {
    VK_ICD_FILENAMES: join(home, driver),
    LD_LIBRARY_PATH: [home, LD_LIBRARY_PATH].filter(Boolean).join(':'),
    XDG_RUNTIME_DIR: XDG_RUNTIME_DIR ?? home,
  };
}

/** The folder of the driver, unpacked on first use and complete once it has its name. */
function unpacked(root: string): string {
  const carrier = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../..');
  const { version } = JSON.parse(readFileSync(join(carrier, 'package.json'), 'utf8')) as { version: string };
  const home = join(root, 'node_modules/.cache/otmix', `fingerprint-swiftshader-${version}`);
  if (existsSync(home)) return home;
  mkdirSync(dirname(home), { recursive: true });
  const partial = mkdtempSync(`${home}-`);
  const input = brotliDecompressSync(readFileSync(join(carrier, 'bin/swiftshader.tar.br')));
  execFileSync('tar', ['-x', '-C', partial], { input, stdio: ['pipe', 'ignore', 'inherit'] });
  renameSync(partial, home);
  return home;
}
