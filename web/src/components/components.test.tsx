// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PreferencesProvider } from '../state/preferences';
import { Name } from './Name';
import { UsageBar } from './UsageBar';
import { Value } from './Value';

beforeAll(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
});
afterEach(cleanup);
const show = (node: ReactNode) => render(<PreferencesProvider>{node}</PreferencesProvider>).container;

test('missing is a dash, zero is a zero', () => {
  expect(show(<Value unit="cpu" value={null} />).textContent).toBe('–');
  expect(show(<Value unit="cpu" value={0} />).textContent).toBe('0m');
  expect(show(<Value unit="cpu" value={1500} atLeast />).textContent).toBe('≥ 1.50cores');
});

test('a bar says what it shows, and is none where there is nothing to compare with', () => {
  show(<UsageBar metric="cpu" used={962} request={500} limit={1000} />);
  expect(screen.getByRole('img').getAttribute('aria-label')).toBe('962 m, request 500 m, limit 1 core');
  cleanup();
  const open = show(<UsageBar metric="cpu" used={10} request={500} limit={undefined} />);
  expect(open.querySelector('.bar.open .tick')).not.toBeNull();
  cleanup();
  expect(show(<UsageBar metric="mem" used={962} request={undefined} limit={undefined} />).querySelector('.bar')).toBeNull();
  cleanup();
  expect(show(<UsageBar metric="mem" used={null} request={1} limit={2} />).querySelector('.bar')).toBeNull();
});

test('a name is text, whatever it looks like', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const container = show(<Name name={evil} />);
  expect(container.querySelector('img')).toBeNull();
  expect(container.textContent).toBe(evil);
  expect(container.querySelector('.name')?.getAttribute('title')).toBe(evil);
});
