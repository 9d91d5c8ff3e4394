/** What the steps of CI count, and what has failed in them. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** How many failed tests the end of the output names. */
const NAMED = 40;
/** How many lines behind the name of a failed check are shown with it. */
const SHOWN = 12;

/**
 * The counts of a step that ended with a status, after it `printed` counts or none, with a line per failure and what
 * each said. One that failed without saying what, or says it passed but counted nothing, is a failure.
 */
export function countsOf({ name, counts, report }, { status, lines }, printed, root) {
  const own = counts === 'vitest' ? vitestCounts(name, report, root) : counts === 'printed' ? printed : null;
  const passed = counts === undefined && status === 0 ? 1 : 0;
  const found = { failures: [], ...(own ?? { passed, failed: 1 - passed, skipped: 0 }) };
  if (status !== 0) found.failed = Math.max(found.failed, 1);
  if (found.failed > 0 && found.failures.length === 0) found.failures = printedFailures(name, lines);
  if (found.failed > 0 && found.failures.length === 0) {
    const last = lines.findLast((text) => text.trim() !== '' && readCounts(text) === null) ?? '';
    found.failures.push({ title: `${name}: ${last.trim()}`, said: `exit status ${status}` });
  }
  return found;
}

/**
 * Those of a JSON report. A file that failed without a failed test in it, because it did not load or its set-up threw,
 * counts as one failure.
 */
function vitestCounts(step, path, root) {
  if (!existsSync(path)) return null;
  const { testResults, numPassedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(path, 'utf8'));
  const failures = testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const title = `${step}: ${relative(root, name)}`;
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [{ title, said: message }];
      return failed.map((test) => ({
        title: `${title}: ${test.fullName}`,
        said: test.failureMessages.join('\n'),
      }));
    });
  return { passed: numPassedTests, failed: failures.length, skipped: numPendingTests + numTodoTests, failures };
}

/** Those that a script printed, as `FAIL` and a name, with the lines behind each up to the next check. */
function printedFailures(step, lines) {
  const starts = lines.flatMap((text, at) => (/^FAIL\s/.test(text) ? [at] : []));
  return starts.map((at) => {
    const behind = lines.slice(at + 1, at + 1 + SHOWN);
    const next = behind.findIndex((text) => /^(ok|FAIL|skip)\s/.test(text));
    return {
      title: `${step}: ${lines[at].replace(/^FAIL\s+/, '')}`,
      said: behind.slice(0, next < 0 ? SHOWN : next).join('\n'),
    };
  });
}

/** The counts that a line is, or null. */
export function readCounts(text) {
  const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(text);
  return match && { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
}

export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A line for each failure, and one for those beyond the most that are named. */
export function namesOf(failures) {
  const names = failures.slice(0, NAMED).map(({ title }) => `FAIL ${title.replaceAll(/\s+/g, ' ').slice(0, 300)}`);
  return failures.length > NAMED ? [...names, `… and ${failures.length - NAMED} more`] : names;
}
