import { TableError, type Table, type TableReply, type TableRequest } from './table.js';

/** Has a worker make a table. Throws `TableError`, or the signal's reason where it is aborted. */
export function loadTable(
  request: TableRequest,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Table> {
  const worker = new Worker(new URL('./tables.worker.ts', import.meta.url), { type: 'module' });
  const made = new Promise<Table>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    worker.addEventListener('error', ({ message }) => reject(new TableError(`the data could not be made: ${message}`)));
    worker.addEventListener('message', ({ data }: MessageEvent<TableReply>) => {
      if (data.kind === 'progress') onProgress(data.share);
      else if (data.kind === 'table') resolve(data.table);
      else reject(new TableError(data.message));
    });
    worker.postMessage(request);
  });
  return made.finally(() => worker.terminate());
}
