import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../scenarios/report/render-report.ts';
import { sampleResult } from '../../scenarios/report/testing/sample-result.ts';

// Policy: the report opens from a file, offline, in a real browser: nothing is asked of any network, everything is
// visible, in light and in dark, on a wide screen and on a phone, with a mouse or a keyboard.

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Opened {
  readonly page: Page;
  /** Errors of the page and of its console, and whatever it asked for beside itself. */
  readonly complaints: string[];
}

describe('the report in a browser', () => {
  let folder: string;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailclock-report-'));
    const file = join(folder, 'report.html');
    await writeFile(file, renderReport(sampleResult()));
    url = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      offline: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== url) complaints.push(request.url());
    });
    await page.goto(url);
    return { page, complaints };
  }

  it('tells the verdict and draws every chart, and asks for nothing', async () => {
    const { page, complaints } = await open(1200);
    expect(await page.title()).toBe('mailclock: invariant');
    expect(await page.locator('h1 .badge').innerText()).toBe('invariant');
    expect(await page.locator('.replay code').first().innerText()).toMatch(/^mailclock replay /);
    const charts = await page.locator('figure svg[role=img]').all();
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(900);
      expect(box?.height).toBeGreaterThan(70);
    }
    for (const drawn of [
      'line-0',
      'line-1',
      'cycle.success',
      'cycle.failure',
      'wait.window',
      'wait.throttled',
    ]) {
      const box = await page.locator(`figure .chart .${drawn}`).first().boundingBox();
      expect(box?.width, drawn).toBeGreaterThan(1);
      expect(box?.height, drawn).toBeGreaterThan(1);
    }
    expect(complaints).toEqual([]);
  });

  it('lets no two labels of a chart overlap', async () => {
    const { page } = await open(1200);
    const overlaps: string[] = [];
    for (const chart of await page.locator('figure svg[role=img]').all()) {
      const labels = await chart.locator('text').evaluateAll((texts) =>
        texts.map((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          return { text: text.textContent ?? '', left, right, top, bottom };
        }),
      );
      expect(labels.length).toBeGreaterThan(4);
      for (const [n, a] of labels.entries()) {
        for (const b of labels.slice(n + 1)) {
          const besides = a.right <= b.left || b.right <= a.left;
          const below = a.bottom <= b.top + 2 || b.bottom <= a.top + 2; // boxes are taller than their letters
          if (!besides && !below) overlaps.push(`${a.text} over ${b.text}`);
        }
      }
    }
    expect(overlaps).toEqual([]);
  });

  it('can be read in light and in dark', async () => {
    const pages = [await open(1200, 'light'), await open(1200, 'dark')] as const;
    const shots = await Promise.all(pages.map(({ page }) => page.screenshot()));
    expect(shots[0]?.equals(shots[1] ?? Buffer.of())).toBe(false);
    for (const { page } of pages) {
      for (const [what, ratio] of Object.entries(await contrasts(page))) {
        expect(ratio, what).toBeGreaterThanOrEqual(4.5); // WCAG 2.2, 1.4.3
      }
    }
  });

  it('fits a screen 400 px wide: only charts and tables scroll, each in itself', async () => {
    const { page } = await open(400);
    await page.locator('details').evaluateAll((all) => {
      for (const details of all) details.setAttribute('open', '');
    });
    const outside = await page
      .locator('main *')
      .evaluateAll((elements) =>
        elements
          .filter((one) => one.closest('.wide, .chart') === null && one.getBoundingClientRect().right > 400)
          .map((one) => one.outerHTML.slice(0, 80)),
      );
    const wide = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth);
    expect(outside).toEqual([]);
    expect(wide).toBeLessThanOrEqual(400);
  });

  it('can be walked through with the keyboard', async () => {
    const { page } = await open(1200);
    const reached: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.locator(':focus').evaluate(({ tagName }) => tagName.toLowerCase()));
    }
    expect(reached).toContain('a');
    expect(reached).toContain('summary');
    const folded = page.locator('details:not([open]) > summary').first();
    const title = await folded.innerText();
    await folded.focus();
    await page.keyboard.press('Enter');
    const opened = page.locator('details[open] > summary', { hasText: title });
    expect(await opened.count()).toBeGreaterThan(0);
  });
});

const kindsOfText = [
  'h1',
  '.badge',
  '.soft',
  '.law',
  'th',
  'td',
  'tr.no td',
  'a',
  '.key',
  'summary',
  '.never',
  'figure text',
];

/** Contrast of text against what is behind it, for a sample of each kind of text (WCAG relative luminance). */
async function contrasts(page: Page): Promise<Record<string, number>> {
  const ratios: Record<string, number> = {};
  for (const kind of kindsOfText) {
    ratios[kind] = await page
      .locator(kind)
      .first()
      .evaluate((element) => {
        const view = element.ownerDocument.defaultView;
        const parse = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
        const luminance = (color: string): number => {
          const [r = 0, g = 0, b = 0] = parse(color).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        let behind = element;
        while (parse(view.getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const style = view.getComputedStyle(element);
        const text = luminance(element.tagName === 'text' ? style.fill : style.color);
        const ground = luminance(view.getComputedStyle(behind).backgroundColor);
        return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      });
  }
  return ratios;
}
