import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/document/render-html.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import { type BrowserPage, chromium, openPage } from '../support/headless-browser.ts';
import { materialOf } from './report-material.ts';

/*
 * The page in a browser without a window, where the machine has a Chromium. DROPSWEEP_PICTURES names a folder for
 * pictures of it, for people to look at.
 */
describe.skipIf(chromium === null)('the page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-page-'));
  const pictures = process.env['DROPSWEEP_PICTURES'];
  let page: BrowserPage;

  beforeAll(async () => {
    const file = join(folder, 'report.html');
    writeFileSync(file, renderHtml(sweepDocument([materialOf(160)], 'Written today.')));
    page = await openPage(chromium ?? '', pathToFileURL(file).href);
  }, 60_000);

  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true });
  });

  async function resize(width: number, height: number): Promise<void> {
    await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async function keep(name: string, data: unknown): Promise<void> {
    if (pictures !== undefined) writeFileSync(join(pictures, name), Buffer.from(String(data), 'base64'));
  }

  for (const width of [390, 1280]) {
    it(`fits ${width} pixels: what is wider scrolls by itself`, async () => {
      await resize(width, 900);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const outside = `[...document.querySelectorAll('p,li,h1,h2,h3,figcaption,caption')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.textContent)`;
      expect(await page.evaluate(outside)).toEqual([]);
      const shot = await page.send('Page.captureScreenshot', { captureBeyondViewport: true });
      await keep(`report-${width}.png`, shot['data']);
    });
  }

  it('draws no text of a figure over another or beyond its edge', async () => {
    await resize(1280, 900);
    const found = await page.evaluate(`(() => {
      const wrong = [];
      for (const svg of document.querySelectorAll('svg')) {
        const edge = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
        for (const [index, { text, box }] of boxes.entries()) {
          if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1) wrong.push('beyond: ' + text);
          for (const other of boxes.slice(index + 1)) {
            const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
            const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
            if (across > 1 && down > 4) wrong.push(text + ' over ' + other.text);
          }
        }
      }
      return wrong;
    })()`);
    expect(found).toEqual([]);
  });

  it('sorts and filters the table of trials', async () => {
    const shown = `(() => { const rows = [...document.querySelector('table.searchable').tBodies[0].rows].filter((row) => !row.hidden); return rows.map((row) => row.cells[0].textContent); })()`;
    expect(await page.evaluate(`${shown}.slice(0, 3)`)).toEqual(['1', '2', '3']);
    await page.evaluate(`document.querySelector('table.searchable th button').click()`);
    await page.evaluate(`document.querySelector('table.searchable th button').click()`);
    expect(await page.evaluate(`${shown}.slice(0, 3)`)).toEqual(['160', '159', '158']);
    expect(await page.evaluate(`document.querySelector('table.searchable th').getAttribute('aria-sort')`)).toBe(
      'descending',
    );
    await page.evaluate(
      `(() => { const input = document.querySelector('.controls input'); input.value = 'p=0.5 M=8'; input.dispatchEvent(new Event('input')); })()`,
    );
    expect(await page.evaluate(`${shown}.length`)).toBe(8);
    expect(await page.evaluate(`document.querySelector('.controls output').textContent`)).toBe('8 of 160 rows');
    for (const [filter, said] of [
      ['p>=0.3 M=4 state:done', '16 of 160 rows'],
      ['state:failed', '1 of 160 rows'],
      ['M=1,4 seed=0', '80 of 160 rows'],
    ]) {
      await page.evaluate(
        `(() => { const input = document.querySelector('.controls input'); input.value = '${filter}'; input.dispatchEvent(new Event('input')); })()`,
      );
      expect(await page.evaluate(`document.querySelector('.controls output').textContent`)).toBe(said);
    }
    await page.evaluate(
      `(() => { const input = document.querySelector('.controls input'); input.value = ''; input.dispatchEvent(new Event('input')); })()`,
    );
  });

  it('prints: all trials on paper, no control', async () => {
    await page.send('Emulation.setEmulatedMedia', { media: 'print' });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.controls')).display`)).toBe('none');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('nav')).display`)).toBe('none');
    // Of an A4 page without its margins, upright and lying: 182 and 277 mm.
    for (const [width, tables] of [
      [688, ':not(.wide) > .scroll > table'],
      [1_047, '.wide > .scroll > table'],
    ] as const) {
      await resize(width, 900);
      const wider = `[...document.querySelectorAll('section${tables}')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.caption.textContent)`;
      expect(await page.evaluate(wider)).toEqual([]);
    }
    await page.send('Emulation.setEmulatedMedia', { media: '' });
    const printed = await page.send('Page.printToPDF', { preferCSSPageSize: true, printBackground: false });
    await keep('report.pdf', printed['data']);
    const pages =
      Buffer.from(String(printed['data']), 'base64')
        .toString('latin1')
        .match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(5);
  });
});
