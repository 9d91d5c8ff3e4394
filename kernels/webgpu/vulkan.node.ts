import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const LOADER = 'libvulkan.so.1';

/** Libraries of drivers that compute on the CPU, as their manifests name them. */
const SOFTWARE = /libvulkan_lvp|lavapipe|swiftshader|swrast/i;

/**
 * Why there is no Vulkan on this Linux, undefined where there is: Dawn, asked for an adapter then, writes warnings to
 * standard error. Looks where the dynamic linker and the Vulkan loader look (its documentation, LoaderDriverInterface).
 */
export function withoutVulkan({ software = true } = {}): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (!hasLoader()) return `the Vulkan loader (${LOADER}) is not installed`;
  const { named, found } = drivers();
  if (found.length === 0) {
    return named === undefined ? 'no Vulkan driver is installed' : `VK_ICD_FILENAMES names no driver (${named})`;
  }
  if (software) return undefined;
  if (found.every(isSoftware)) return 'all Vulkan drivers here compute on the CPU';
  return hasGpu() ? undefined : 'there is no GPU: /dev has none';
}

/**
 * Calls with those drivers hidden from Vulkan that compute on the CPU: Dawn warns of their limits on standard error when it
 * sees them, whether or not they are used. The call must ask for its adapter before it returns.
 */
export function withoutSoftware<T>(call: () => T): T {
  if (process.platform !== 'linux') return call();
  const { env } = process;
  const before = { VK_ICD_FILENAMES: env.VK_ICD_FILENAMES, VK_DRIVER_FILES: env.VK_DRIVER_FILES };
  const { found } = drivers();
  if (!found.some(isSoftware)) return call();
  env.VK_ICD_FILENAMES = found.filter((path) => !isSoftware(path)).join(':');
  delete env.VK_DRIVER_FILES; // newer, and before the other where both are set
  try {
    return call();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(env, name);
      else env[name] = value;
    }
  }
}

/** Whether the kernel has a GPU: a render node, or NVIDIA's, Windows', Qualcomm's or Arm's own device. */
function hasGpu(): boolean {
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  return (
    names('/dev').some((name) => /^(nvidia\d|nvgpu|nvhost|dxg|kgsl|mali)/.test(name)) ||
    names('/dev/dri').some((name) => name.startsWith('renderD'))
  );
}

function hasLoader(): boolean {
  const folders = [...listOf('LD_LIBRARY_PATH'), '/lib', '/usr/lib', '/lib64', '/usr/lib64'];
  if (folders.some((folder) => existsSync(join(folder, LOADER)))) return true;
  try {
    return readFileSync('/etc/ld.so.cache').includes(LOADER);
  } catch {
    return false;
  }
}

/** The manifests of drivers, and what the user names instead of those of the system. */
function drivers(): { readonly named?: string | undefined; readonly found: readonly string[] } {
  const added = listOf('VK_ADD_DRIVER_FILES').flatMap(manifestsAt);
  const named = process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES;
  if (named) return { named, found: named.split(':').flatMap(manifestsAt) };
  return { found: [...added, ...driverFolders().flatMap(manifestsIn)] };
}

/** A manifest, or those of a folder. */
function manifestsAt(path: string): string[] {
  if (path.endsWith('.json')) return existsSync(path) ? [path] : [];
  return manifestsIn(path);
}

function isSoftware(manifest: string): boolean {
  try {
    return SOFTWARE.test(readFileSync(manifest, 'utf8'));
  } catch {
    return false; // whoever can read it may say
  }
}

function driverFolders(): string[] {
  const { XDG_CONFIG_HOME, XDG_DATA_HOME } = process.env;
  const roots = [
    XDG_CONFIG_HOME ?? join(homedir(), '.config'),
    ...listOf('XDG_CONFIG_DIRS', '/etc/xdg'),
    '/usr/local/etc',
    '/etc',
    XDG_DATA_HOME ?? join(homedir(), '.local/share'),
    ...listOf('XDG_DATA_DIRS', '/usr/local/share:/usr/share'),
  ];
  return roots.map((folder) => join(folder, 'vulkan/icd.d'));
}

function manifestsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function listOf(variable: string, fallback = ''): string[] {
  return (process.env[variable] || fallback).split(':').filter((part) => part !== '');
}
