import type { Command } from 'commander';

/** How often a worker says that it is alive, ms. */
const HEARTBEAT = 1000;

/** `otmix worker`: reads and sweeps rows for a fit on a cluster, which starts it; frames on standard input and output. */
export function addWorker(program: Command): void {
  program
    .command('worker', { hidden: true })
    .description('Read and sweep rows for a fit on a cluster, which starts this: frames on standard input and output.')
    .action(async () => {
      const { serve } = await import('../cluster/worker/serve.js');
      const { framePieces } = await import('../cluster/frames.js');
      const { takeGpu } = await import('../cluster/worker/own-gpu.js');
      const { OTMIX_GPU: gpu } = process.env; // of this machine's, as Ray numbers them
      if (gpu) takeGpu(Number(gpu));
      const write = writerOfFrames();
      const beats = setInterval(() => void write(framePieces(new Uint8Array(0))), HEARTBEAT);
      try {
        await serve(process.stdin, write);
      } finally {
        clearInterval(beats);
      }
    });
}

/** Writes to standard output alone what is written here: what others print goes to standard error. */
function writerOfFrames(): (pieces: readonly Uint8Array[]) => Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  process.stdout.on('error', () => process.exit(0)); // the master has gone
  return (pieces) =>
    new Promise((resolve) => {
      for (const [at, piece] of pieces.entries()) write(piece, at === pieces.length - 1 ? () => resolve() : undefined);
    });
}
