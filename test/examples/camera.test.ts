/** The page of pictures, with a camera that the browser makes up: a disc that turns on a plain ground. */
import { expect, test } from 'vitest';
import { faultsOf } from './axe.js';
import { examplePage, PATIENCE } from './page.js';

const opened = examplePage({
  page: 'photo.html',
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  state: 'converged',
});

/** Pixels of a canvas, and how many different ones there are. */
const looked = (id: string): string => `(() => {
  const canvas = document.getElementById('${id}');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return { values: data.join(), colours: new Set(new Uint32Array(data.buffer)).size, width: canvas.width };
})()`;

interface Looked {
  readonly values: string;
  readonly colours: number;
  readonly width: number;
}

test('follows a camera, segment by segment, and stops it', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.selectOption('#width', '80');
  await driver.reach('converged');
  await page.check('input[value=camera]', { force: true });
  await driver.reach('empty');
  expect(await driver.text('status')).toBe('Start the camera: its pictures stay in this page.');
  await page.click('#film');
  await driver.reach('following');
  await page.waitForFunction("/frames a second/.test(document.getElementById('status').textContent)");
  expect(await driver.text('name')).toMatch(/^fake_device_0, 80 × \d+ pixels\.$/);
  expect(await driver.text('film')).toBe('Stop the camera');
  const [picture, segments] = await page.evaluate<[Looked, Looked]>(`[${looked('picture')}, ${looked('segments')}]`);
  expect(segments.width).toBe(80);
  expect(segments.colours).toBeGreaterThan(1);
  expect(segments.colours).toBeLessThanOrEqual(8);
  expect(Number(await driver.text('iterations'))).toBeLessThanOrEqual(12);
  expect(Number(await driver.text('seconds'))).toBeGreaterThan(0);
  // Both go with the disc.
  for (const [id, { values }] of [
    ['picture', picture],
    ['segments', segments],
  ] as const) {
    // prettier-ignore
    await page.waitForFunction(`${looked(id)}.values !== ${JSON.stringify(values)}`);
  }
  expect(await faultsOf(driver, 'following')).toEqual([]);
  await page.click('#film');
  await driver.reach('empty');
  expect(await driver.text('status')).toBe('The camera is off.');
  expect(await page.evaluate<Looked['width']>("document.getElementById('picture').width")).toBe(0);
  await page.check('input[value=file]', { force: true });
  await driver.reach('converged');
});

test('takes another number of components without asking for the camera again', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.selectOption('#width', '80');
  await page.check('input[value=camera]', { force: true });
  await page.focus('#film');
  await page.keyboard.press('Enter');
  await driver.reach('following');
  await page.focus('#components');
  await page.keyboard.press('Home');
  expect(await driver.text('k')).toBe('2');
  await page.waitForFunction("document.querySelectorAll('#shares li').length === 2");
  await driver.reach('following');
  expect((await page.evaluate<Looked>(looked('segments'))).colours).toBe(2);
});
