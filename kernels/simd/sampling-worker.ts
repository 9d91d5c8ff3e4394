/** What a thread that draws runs, in Node: bundled as worker.ts is. `port` is put in front of it. */
import { help, type DrawTask } from './draws.js';
import { SamplingKernel } from './sampling-kernel.js';

interface Port {
  on(type: 'message', listener: (message: WebAssembly.Module | DrawTask) => void): void;
}

declare const port: Port;

let kernel: SamplingKernel | undefined;

port.on('message', (message) => {
  if (message instanceof WebAssembly.Module) {
    kernel = new SamplingKernel(message);
    return;
  }
  const drawing = kernel?.drawing(message.gaussians, message.place, message.labels);
  if (drawing) help(drawing, message);
});
