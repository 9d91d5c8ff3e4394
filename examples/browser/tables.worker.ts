/** Makes and reads tables beside the page, so that it never stands still. */
import { drawCloud } from './cloud.js';
import { readCsv } from './csv.js';
import { TableError, type Table, type TableReply, type TableRequest } from './table.js';

function reply(message: TableReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function tableOf(request: TableRequest): Promise<Table> {
  if (request.kind === 'csv') return readCsv(request.file);
  return drawCloud(request, (share) => reply({ kind: 'progress', share }));
}

addEventListener('message', ({ data }: MessageEvent<TableRequest>) => {
  tableOf(data).then(
    (table) =>
      reply(
        { kind: 'table', table },
        table.columns.map(({ values }) => values.buffer),
      ),
    (error: unknown) => {
      const message = error instanceof TableError ? error.message : `the data could not be made: ${String(error)}`;
      reply({ kind: 'error', message });
    },
  );
});
