// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { MemoryRouter, useLocation } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/queries';
import { PreferencesProvider } from '../state/preferences';
import { JumpDialog } from './JumpDialog';

const answers: Record<string, (names: string[]) => void> = {};

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  Element.prototype.scrollIntoView = () => undefined;
  vi.stubGlobal('fetch', (url: string) => {
    const asked = new URL(url, 'http://localhost').searchParams.get('q') ?? '';
    return new Promise((resolve) => {
      answers[asked] = (names) => resolve(new Response(JSON.stringify({ items: names.map((name) => ({ kind: 'node', name })), total: names.length })));
    });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const answer = (asked: string, names: string[]) =>
  act(() => {
    answers[asked]?.(names);
    return Promise.resolve();
  });

const Where = () => <output>{useLocation().pathname}</output>;

test('Enter waits for the answer to what was typed last', async () => {
  render(
    <PreferencesProvider>
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter>
          <JumpDialog onClose={() => undefined} />
          <Where />
        </MemoryRouter>
      </QueryClientProvider>
    </PreferencesProvider>,
  );
  const field = screen.getByRole('combobox');
  fireEvent.change(field, { target: { value: 'a' } });
  await vi.waitFor(() => expect(answers.a).toBeDefined());
  await answer('a', ['alpha']);
  await screen.findByText('alpha');
  fireEvent.change(field, { target: { value: 'b' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  await vi.waitFor(() => expect(answers.b).toBeDefined());
  expect(screen.getByRole('status').textContent).toBe('/');
  await answer('b', ['beta']);
  await vi.waitFor(() => expect(screen.getByRole('status').textContent).toBe('/nodes/beta'));
});
