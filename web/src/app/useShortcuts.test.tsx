// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { MemoryRouter } from 'react-router';
import { afterEach, expect, test } from 'vitest';
import { createQueryClient } from '../api/queries';
import { LiveProvider } from '../live/live';
import { INITIAL, type TickStream } from '../live/stream';
import { type Dialog, useShortcuts } from './useShortcuts';

afterEach(cleanup);

const QUIET = { subscribe: () => () => undefined, snapshot: () => INITIAL, retry: () => undefined } as unknown as TickStream;
const press = () => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }));

function Shown() {
  const [dialog, setDialog] = useState<Dialog>(null);
  useShortcuts(dialog, setDialog);
  return (
    <>
      <button onClick={() => setDialog(null)} />
      <output>{dialog ?? 'none'}</output>
    </>
  );
}

test('⌘K opens the dialog again, however soon after it was closed', () => {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <MemoryRouter>
        <LiveProvider stream={QUIET}>
          <Shown />
        </LiveProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  act(() => void press());
  expect(screen.getByRole('status').textContent).toBe('jump');
  act(() => {
    screen.getByRole('button').click();
    press(); // before the page is drawn without it
  });
  expect(screen.getByRole('status').textContent).toBe('jump');
});
