// Debian's Chromium, and pages that watch themselves.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export async function launch() {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
}

/**
 * A page of its own profile. `faults` collects what must never happen: console errors, exceptions, requests to another host, and layout
 * shifts after the load.
 */
export async function openPage(browser, url, path = '/', { width = 1280, height = 900, theme = 'light', lang = 'en', scale = 1, context: given, quiet = [] } = {}) {
  const context =
    given ??
    (await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: lang === 'ko' ? 'ko-KR' : 'en-US', timezoneId: 'UTC', deviceScaleFactor: scale }));
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !quiet.some((pattern) => pattern.test(message.text()))) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`foreign request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, at: entry.startTime, what: entry.sources?.map((s) => s.node?.className ?? s.node?.nodeName).join(' ') });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(url + path);
  const check = async () => {
    assert.deepEqual(faults, []);
    const shifts = await page.evaluate(() => window.shifts);
    const total = shifts.reduce((sum, shift) => sum + shift.value, 0);
    assert.ok(total < 0.1, `layout shift of ${total.toFixed(3)}: ${JSON.stringify(shifts)}`);
  };
  const close = async () => {
    await check();
    await (given ? page.close() : context.close());
  };
  return { page, context, faults, check, close };
}

/** Runs a test with a page, and checks the page at the end. */
export async function withPage(browser, url, path, options, test) {
  const opened = await openPage(browser, url, path, options);
  try {
    await test(opened.page, opened);
    await opened.check();
  } finally {
    await opened.context.close();
  }
}

/** By how much the page is wider than its window, and what sticks out; nothing where it is not. */
export const tooWide = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide <= 0) return '';
    const out = [...document.querySelectorAll('#root *')].filter((element) => element.getBoundingClientRect().right > window.innerWidth);
    return `${wide} pixels too wide: ${out.slice(0, 6).map((element) => `${element.localName}.${element.className}`).join(', ')}`;
  });
