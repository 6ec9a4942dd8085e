import { afterEach, expect, test, vi } from 'vitest';
import { address, ApiError, get, Unreachable } from './client';

afterEach(() => vi.unstubAllGlobals());
const answer = (status: number, body: string) => vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status, statusText: 'Text' }))));

test('names and values are percent-encoded', () => {
  expect(address('/api/v1/namespaces/{namespace}/pods/{podName}', { namespace: 'a/b', podName: '<b>?&#' }, { q: 'x y', none: undefined, zero: 0 })).toBe(
    '/api/v1/namespaces/a%2Fb/pods/%3Cb%3E%3F%26%23?q=x+y&zero=0',
  );
});

test('an answer', async () => {
  answer(200, '{"items":[],"total":0}');
  await expect(get('/api/v1/pods', {}, { limit: 1 })).resolves.toEqual({ items: [], total: 0 });
});

test('a problem keeps what the server said', async () => {
  answer(400, '{"status":400,"title":"Bad Request","detail":"sort: …"}');
  await expect(get('/api/v1/pods', {}, {})).rejects.toMatchObject({ problem: { status: 400, detail: 'sort: …' } });
  answer(502, '<html>');
  const error = await get('/api/v1/pods', {}, {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ problem: { status: 502, title: 'Text' } });
});

test('no answer', async () => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('refused'))));
  await expect(get('/api/v1/pods', {}, {})).rejects.toBeInstanceOf(Unreachable);
});
