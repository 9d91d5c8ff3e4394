/** What a new instance of the kernel exports; its memory is its own, which nobody else sees. */
export function instantiate(module: WebAssembly.Module): WebAssembly.Exports {
  const abort = (): never => {
    throw new Error('the CPU kernel gave up');
  };
  return new WebAssembly.Instance(module, { env: { abort } }).exports;
}
