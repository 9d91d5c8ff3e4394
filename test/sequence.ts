import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { root } from './unpack.js';

/** Files that take longest, or wait for programs that they start: whatever runs beside them ends before they do. */
const long = [
  'test/webgpu/shapes',
  'test/webgpu/parity',
  'test/webgpu/',
  'test/cli/interruption',
  'test/kernels/parity',
  'test/bundles/',
  'test/examples/',
  'test/report/look',
  'test/sinkhorn/sinkhorn',
];

/**
 * The long files first, so that no core waits for one at the end; the others as Vitest has them. Files of a process of
 * their own come before those that share one, which ends when another project's file is next.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const path = relative(root, moduleId).replaceAll('\\', '/');
      const at = long.findIndex((start) => path.startsWith(start));
      return (project.config.isolate ? 0 : 100) + (at < 0 ? long.length : at);
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
