/** The page of pictures where the camera may not be used. */
import { expect, test } from 'vitest';
import { examplePage, PATIENCE } from './page.js';

const opened = examplePage({
  page: 'photo.html',
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'],
  state: 'converged',
});

test('says that the camera was refused, and asks again', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.check('input[value=camera]', { force: true });
  for (let time = 0; time < 2; time++) {
    await page.click('#film');
    await page.waitForFunction("document.body.dataset.state === 'failed'");
    expect(await driver.text('status')).toBe(
      'The camera: expected leave to use it, got a refusal; allow it for this page, or choose a photograph',
    );
    expect(await driver.text('film')).toBe('Start the camera');
  }
});
