import { tf } from '#tfjs';
import { onBackend, startBackend } from '../../kernels/engine.js';
import { absent, requireUsable, type Backend, type Finding } from './backend.js';
import { tensorDevice } from './tensors.js';

/** GPUs in browsers that have no WebGPU, by tfjs's composites. */
export const webgl = {
  name: 'webgl',
  onHost: false,
  holds: (tensors) => tensors === 'webgl',
  probe,
  open: async ({ notes }) => tensorDevice('webgl', requireUsable(await probe()), notes),
} as const satisfies Backend;

async function probe(): Promise<Finding> {
  if (typeof OffscreenCanvas === 'undefined' && typeof document === 'undefined')
    return absent('there is no WebGL outside browsers');
  if (!(await startBackend('webgl'))) return absent('the browser gives no WebGL context');
  const adapter = renderer();
  const software = /swiftshader|llvmpipe|software/i.test(adapter);
  const reason = software ? 'a software renderer' : 'the browser has WebGL';
  return { usable: true, adapter, gpu: !software, reason };
}

function renderer(): string {
  return onBackend('webgl', () => {
    const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
    const info = gpgpu.gl.getExtension('WEBGL_debug_renderer_info');
    return info ? String(gpgpu.gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'WebGL';
  });
}
