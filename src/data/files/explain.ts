import { InputError, type InputErrorCode } from '../../base/errors.js';
import { refused } from './refusal.js';

/** What was being read when DuckDB complained. */
export interface Reading {
  /** The path, glob or query, for messages. */
  readonly name: string;
  readonly kind: 'file' | 'query';
  /** The only column that is read, if it is one. */
  readonly column?: string;
}

/** Words in complaints about a file that a query reads rather than about the query. */
const OF_FILES = /\b(file|page|parquet|thrift|TType|decompress\w*)\b/i;

interface Fault {
  readonly code: InputErrorCode;
  readonly where?: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

/** What DuckDB says in many lines as an `InputError` of one line; faults of DuckDB itself stay as they are. */
export function explain(error: unknown, reading: Reading): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const message = error.message.replace(/^Failed to extract statements: /, '');
  const [, kind = '', body = ''] = /^([A-Z][A-Za-z ]*) Error: (.*)$/s.exec(message) ?? [];
  if (/^(|INTERNAL|FATAL)$/.test(kind)) return error;
  const refusal = refused(body);
  if (refusal) return refusal;
  const {
    code,
    where = reading.name,
    ...rest
  } = csvFault(body, reading) ??
    jsonFault(body, reading) ??
    serverFault(kind, body) ??
    systemFault(kind, body) ?? {
      code: reading.kind === 'query' && !OF_FILES.test(body) ? 'option' : 'format',
      expected: reading.kind === 'query' ? 'a query that DuckDB can run' : 'a well-formed file',
      got: summary(body),
      remedy:
        reading.kind === 'query'
          ? 'correct it, or the files it reads'
          : 'check that it is complete and what its name says',
    };
  return new InputError(code, { where, ...rest }, { cause: error });
}

/** `CSV Error on Line: 3`, the line itself, then what is wrong with it, hints and settings. */
function csvFault(body: string, reading: Reading): Fault | undefined {
  const [, line] = /CSV Error on Line: (\d+)/.exec(body) ?? [];
  if (!line) return undefined;
  const [, where = reading.name] = /^ {2}file = (.+)$/m.exec(body) ?? [];
  const [, text = ''] = /^Original Line: (.*)$/m.exec(body) ?? [];
  const [, width, found] = /^Expected Number of Columns: (\d+) Found: (\d+)/m.exec(body) ?? [];
  if (width) {
    return {
      code: 'format',
      where,
      expected: `${width} cells in every line`,
      got: `${found} in line ${line}: ${quoted(text)}`,
      remedy: 'repair or remove that line',
    };
  }
  const [, column, cell, type = ''] = /column "(.*)"\. Could not convert string "(.*?)" to '(\w+)'/s.exec(body) ?? [];
  if (column) return cellFault(where, column, `${quoted(cell)} in line ${line}`, type);
  const [cause = ''] = body.split('\n').filter((row) => /^(?!CSV Error|Original Line|\s*$)/.test(row));
  return {
    code: 'format',
    where,
    expected: 'well-formed lines of text',
    got: `line ${line}: ${cause.replace(/\.\s*$/, '')}`,
    remedy: 'repair it',
  };
}

function cellFault(where: string, column: string, got: string, type: string): Fault {
  const wanted = type === 'DOUBLE' ? 'a number' : type === 'BOOLEAN' ? 'true or false' : `${type} as in the first rows`;
  return {
    code: 'format',
    where,
    expected: `${wanted} in every cell of column ${column}`,
    got,
    remedy: 'repair it, empty it if the value is missing, or choose other columns',
  };
}

function jsonFault(body: string, { column }: Reading): Fault | undefined {
  const [, twice, at, key] =
    /JSON transform error in file "(.*?)", in (?:record\/value|line) (\d+): .* has duplicate key "(.*)"/.exec(body) ??
    [];
  if (twice) {
    const remedy = 'rename or remove one of them';
    return {
      code: 'format',
      where: twice,
      expected: 'each key once in a record',
      got: `${key} twice in record ${at}`,
      remedy,
    };
  }
  const [, file, record, value] =
    /JSON transform error in file "(.*?)", in (?:record\/value|line) (\d+): .*?: (.*)/.exec(body) ?? [];
  if (file) {
    return {
      code: 'format',
      where: file,
      expected: `a number in ${column === undefined ? 'every chosen column' : `column ${column} of every record`}`,
      got: `${clipped(value)} in record ${record}`,
      remedy: 'repair it, use null if the value is missing, or choose other columns',
    };
  }
  const [, path, place, cause] = /Malformed JSON in file "(.*?)", at (byte .*?): (.*)/.exec(body) ?? [];
  if (!path) return undefined;
  return {
    code: 'format',
    where: path,
    expected: 'well-formed JSON',
    got: `${cause.replace(/\.?\s*$/, '')} at ${place.replace('record/value', 'record')}`,
    remedy: 'repair it',
  };
}

/** What a server answers, or that none does. */
function serverFault(kind: string, body: string): Fault | undefined {
  if (kind !== 'HTTP' && !/\bHTTP (HEAD|GET)\b/.test(body)) return undefined;
  const [, status] = /\bHTTP (\d{3})\b/.exec(body) ?? [];
  const remedy =
    status === '404'
      ? 'check the address'
      : status === '401' || status === '403'
        ? 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION'
        : 'check the address and the network, or download the file first';
  return { code: 'file', expected: 'a file that a server gives', got: summary(body), remedy };
}

/** What lies outside the file's contents. */
function systemFault(kind: string, body: string): Fault | undefined {
  const [, pattern] = /No files found that match the pattern "(.*)"/.exec(body) ?? [];
  if (pattern) {
    const remedy = `check the path, which starts from ${process.cwd()}`;
    return { code: 'file', expected: 'files that exist', got: `none that matches ${pattern}`, remedy };
  }
  if (kind === 'Out of Memory') {
    const remedy = 'select fewer rows or columns, or group and sort less at once';
    return { code: 'unsupported', expected: 'a query that fits in memory', got: summary(body), remedy };
  }
  if (/Extension/.test(kind) || /Extension/.test(body.split('\n')[0])) {
    const remedy = 'use local CSV, JSON, Parquet, Arrow or npy files';
    return { code: 'unsupported', expected: 'what DuckDB reads without extensions', got: summary(body), remedy };
  }
  if (/\b(encoding|codec|compression)\b.*\bsupported\b|\bunsupported (encoding|codec|compression)/is.test(body)) {
    const remedy = 'write it with another encoding or compression, such as plain and snappy';
    return { code: 'unsupported', expected: 'what DuckDB can decode', got: summary(body), remedy };
  }
  return undefined;
}

/** The sentences of a message that come before DuckDB's hints. */
function summary(body: string): string {
  const rows = body.split('\n').map((row) => row.trim());
  const hint = rows.findIndex(
    (row, index) =>
      index > 0 && /^(LINE \d|Possible|Potential|Try |Candidate( functions|s):|Use |If you |\*|$)/.test(row),
  );
  const said = rows.slice(0, hint < 0 ? rows.length : hint).join(' ');
  return clipped(said.replace(/\.\s*$/, ''), 300);
}

function quoted(text: string): string {
  return JSON.stringify(clipped(text));
}

function clipped(text: string, most = 60): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
