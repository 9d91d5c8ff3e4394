import { systemReason } from '../base/storage.node.js';

/** What running into a limit of the system looks like, and what to do about it. */
const limits: readonly { readonly sign: RegExp; readonly got: string; readonly remedy: string }[] = [
  {
    sign: /\b(EMFILE|ENFILE)\b/,
    got: 'no more open files',
    remedy: 'raise the limit (ulimit -n), or read fewer files at once',
  },
  {
    sign: /ERR_WORKER_INIT_FAILED|\bEAGAIN\b|thread creation|create thread|start.* thread/i,
    got: 'no more threads',
    remedy: 'raise the limit of processes (ulimit -u), or add --threads 1',
  },
  {
    sign: /WebAssembly\.\w+\(\): (Out of memory|could not allocate)|Array buffer allocation failed|\bENOMEM\b|ERR_WORKER_OUT_OF_MEMORY|out of memory|bad_alloc/i,
    got: 'no more memory',
    remedy: 'raise the limit (ulimit -v), add --threads 1, or take fewer rows with --every 10',
  },
];

/** The line for an error that says that the system gives no more of something; undefined for another. */
export function limitOf(error: unknown): string | undefined {
  const text = [error, (error as { cause?: unknown } | undefined)?.cause]
    .map((one) => (one instanceof Error ? `${systemReason(one)} ${one.message}` : String(one)))
    .join(' ');
  const limit = limits.find(({ sign }) => sign.test(text));
  return limit && `the system: expected room for this command, got ${limit.got}; ${limit.remedy}`;
}
