/** WebGPU's entry point, or why there is none, in a few words. */
export type GpuEntry = { readonly gpu: GPU } | { readonly missing: string };
