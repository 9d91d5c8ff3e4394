/**
 * Checks with names: one line of output for each as it ends, the counts in the last line, exit status 1 on a failure.
 */
import { spawn } from 'node:child_process';

const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs one check. Whatever it resolves to is printed behind its name; whatever it throws is its failure. */
export async function check(name, run) {
  const start = performance.now();
  try {
    const note = await run();
    counts.passed += 1;
    console.log(`ok    ${name}${note ? `: ${note}` : ''} (${secondsSince(start)})`);
  } catch (error) {
    counts.failed += 1;
    console.log(
      `FAIL  ${name} (${secondsSince(start)})\n${indented(error instanceof Error ? error.message : String(error))}`,
    );
  }
}

export function skip(name, reason) {
  counts.skipped += 1;
  console.log(`skip  ${name}: ${reason}`);
}

/** Prints the counts and sets the exit status. */
export function finish() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

/**
 * Runs a program to its end and resolves to its standard output.
 *
 * @throws Error with all it printed, where it exits with a status other than 0 or is still running after `seconds`.
 */
export function execute(program, args, { seconds = 600, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1000, ...options });
    const output = { stdout: '', all: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
      output.all += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (output.all += text));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(output.stdout);
      else {
        const end = signal === null ? `exit status ${status}` : `ended by ${signal} (limit ${seconds} s)`;
        reject(new Error(`${[program, ...args].join(' ')}: ${end}\n${output.all.trim()}`));
      }
    });
  });
}

export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function indented(text) {
  return text.trimEnd().replace(/^/gm, '      ');
}
