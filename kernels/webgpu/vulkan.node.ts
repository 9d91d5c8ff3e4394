import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const LOADER = 'libvulkan.so.1';

/**
 * Why there is no Vulkan on this Linux, undefined where there is: Dawn, asked for an adapter then, writes warnings to
 * standard error. Looks where the dynamic linker and the Vulkan loader look (its documentation, LoaderDriverInterface).
 */
export function withoutVulkan(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (!hasLoader()) return `the Vulkan loader (${LOADER}) is not installed`;
  const { named, found } = drivers();
  if (found) return undefined;
  return named === undefined ? 'no Vulkan driver is installed' : `VK_ICD_FILENAMES names no driver (${named})`;
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

function drivers(): { readonly named?: string | undefined; readonly found: boolean } {
  const added = listOf('VK_ADD_DRIVER_FILES').some(isDriver);
  const named = process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES;
  if (named) return { named, found: named.split(':').some(isDriver) };
  return { found: added || driverFolders().some(hasManifest) };
}

/** A manifest, or a folder of them. */
function isDriver(path: string): boolean {
  return path.endsWith('.json') ? existsSync(path) : hasManifest(path);
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

function hasManifest(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json'));
  } catch {
    return false;
  }
}

function listOf(variable: string, fallback = ''): string[] {
  return (process.env[variable] || fallback).split(':').filter((part) => part !== '');
}
