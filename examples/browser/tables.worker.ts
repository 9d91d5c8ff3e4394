/** Makes and reads tables beside the page, so that it never stands still. */
import { drawCloud } from './cloud.js';
import { inPage, readCsv } from './csv.js';
import { TableError, type Table, type TableReply, type TableRequest } from './table.js';

function reply(message: TableReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function tableOf(request: TableRequest): Promise<Table> {
  const onProgress = (share: number): void => reply({ kind: 'progress', share });
  return request.kind === 'csv' ? readCsv(request, onProgress) : drawCloud(request, onProgress);
}

/** Whether an error tells a reader what to do: those of otmix do, too. */
function isTelling(error: unknown): error is Error {
  return error instanceof TableError || (error instanceof Error && error.name === 'InputError');
}

function messageOf(error: unknown): string {
  if (isTelling(error)) return inPage(error.message);
  if (error instanceof RangeError) return 'the data do not fit the memory of a page; fit them with the command otmix';
  return `the data could not be made: ${String(error)}`;
}

addEventListener('message', ({ data }: MessageEvent<TableRequest>) => {
  tableOf(data).then(
    (table) =>
      reply(
        { kind: 'table', table },
        table.columns.map(({ values }) => values.buffer),
      ),
    (error: unknown) => reply({ kind: 'error', message: messageOf(error) }),
  );
});
