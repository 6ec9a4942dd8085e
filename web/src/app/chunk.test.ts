import { expect, test, vi } from 'vitest';
import { loadChunk, type Surroundings } from './chunk';

const around = (more: Partial<Surroundings>): Surroundings => ({ answers: () => Promise.resolve(true), pause: () => Promise.resolve(), reload: () => false, ...more });
const failing = (times: number) => {
  let left = times;
  return vi.fn(() => (left-- > 0 ? Promise.reject(new Error('no such file')) : Promise.resolve('part')));
};

test('waits for a server that is away', async () => {
  const load = failing(3);
  const answers = vi.fn(() => Promise.resolve(false));
  await expect(loadChunk(load, around({ answers }))).resolves.toBe('part');
  expect(load).toHaveBeenCalledTimes(4);
});

test('a server that has just come back is asked once more', async () => {
  const reload = vi.fn(() => true);
  await expect(loadChunk(failing(1), around({ reload }))).resolves.toBe('part');
  expect(reload).not.toHaveBeenCalled();
});

test('what the server does not have is of another version: the page is loaded anew, and only once', async () => {
  const reload = vi.fn(() => true);
  const settled = vi.fn();
  void loadChunk(failing(Infinity), around({ reload })).finally(settled);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1));
  expect(settled).not.toHaveBeenCalled();
  await expect(loadChunk(failing(Infinity), around({}))).rejects.toThrow('no such file');
});
