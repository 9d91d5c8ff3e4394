import { narrator, type ProgressView } from './narration.js';

/** Milliseconds before the first plain line, and between two. */
const INTERVAL = 2000;

/** Plain lines, at most one in two seconds, for what is no terminal. */
export function plainView(print: (line: string) => void, now = () => performance.now()): ProgressView {
  const narrate = narrator();
  let next = now() + INTERVAL;
  return {
    show(activity, task, share) {
      const { text } = narrate(activity, task, share);
      if (now() < next) return;
      print(`${text}\n`);
      next = now() + INTERVAL;
    },
    stop: () => undefined,
  };
}

/** A bar on a terminal, plain lines elsewhere, nothing if it should be quiet. */
export async function progressView(stream: NodeJS.WriteStream, quiet = false): Promise<ProgressView> {
  if (quiet) return { show: () => undefined, stop: () => undefined };
  if (!stream.isTTY || process.env.TERM === 'dumb') return plainView((line) => void stream.write(line));
  const { barView } = await import('./progress-bar.js');
  return barView(stream);
}
