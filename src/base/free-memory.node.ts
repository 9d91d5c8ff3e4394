import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the kernel says what groups of processes may use, and of which one a process is. */
interface Places {
  readonly groups: string;
  readonly own: string;
}

const LINUX: Places = { groups: '/sys/fs/cgroup', own: '/proc/self/cgroup' };

/**
 * Bytes that this process may still take: what the machine has free, or less where a control group of the process, version
 * 1 or 2, or one above it has a limit. Files that are cached for a group count as free.
 */
export function freeMemory(places: Places = LINUX, machine: number = freemem()): number {
  const groups = text(places.own)?.trim().split('\n') ?? [];
  return Math.max(0, Math.min(machine, ...groups.flatMap((line) => leftIn(line, places.groups))));
}

/** What is left in the group of a line `number:controllers:path`, and in those above it. */
function leftIn(line: string, root: string): number[] {
  const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  const isFirst = controllers.split(',').includes('memory');
  if (!isFirst && controllers !== '') return [];
  const base = isFirst ? join(root, 'memory') : root;
  const names = isFirst ? FIRST : SECOND;
  const left: number[] = [];
  for (let at = path; ; at = dirname(at)) {
    left.push(...leftAt(join(base, at), names));
    if (at === '/' || at === '.') return left;
  }
}

const FIRST = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  cached: 'total_inactive_file',
};
const SECOND = { limit: 'memory.max', used: 'memory.current', cached: 'inactive_file' };

function leftAt(folder: string, { limit, used, cached }: typeof FIRST): number[] {
  const most = Number(text(join(folder, limit))?.trim() || NaN); // "max" is no number
  const now = Number(text(join(folder, used))?.trim() || NaN);
  if (Number.isNaN(most) || Number.isNaN(now)) return [];
  const lines = text(join(folder, 'memory.stat'))?.split('\n') ?? [];
  const files = lines.map((one) => one.split(' ')).find(([name]) => name === cached)?.[1] ?? '0';
  return [most - now + Number(files)];
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // another system, or not that version
  }
}
