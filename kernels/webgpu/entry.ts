/** WebGPU's entry point, or why there is none, in a few words. */
export type GpuEntry =
  | {
      readonly gpu: GPU;
      /** Asks for an adapter so that nothing is said of adapters that aren't wanted. */
      readonly quietly?: <T>(ask: () => T) => T;
    }
  | { readonly missing: string };

/** Which adapters are wanted. */
export interface Wanted {
  /** Whether one that computes on the CPU will do; default yes. */
  readonly software?: boolean;
}
