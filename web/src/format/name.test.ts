import { expect, test } from 'vitest';
import { splitName } from './name';

test.each([
  ['checkout-api-7d9f8b6c5-x2m9k', 'checkout-api', '-7d9f8b6c5', '-x2m9k'],
  ['app-001-8w8lhvgmpx-p97wv', 'app-001', '-8w8lhvgmpx', '-p97wv'],
  ['ledger-writer-9', 'ledger-writer', '', '-9'],
  ['kube-proxy-zk6vn', 'kube-proxy', '', '-zk6vn'],
  ['cert-rotate-29410060-x2m9k', 'cert-rotate', '-29410060', '-x2m9k'],
  ['standalone', 'standalone', '', ''],
  ['my-frontend-server', 'my-frontend-server', '', ''],
  ['<b>이름</b>', '<b>이름</b>', '', ''],
  ['', '', '', ''],
])('%s', (name, stem, hash, suffix) => {
  expect(splitName(name)).toEqual({ stem, hash, suffix });
});

test('nothing of a name is lost, and a long one is fast', () => {
  const name = `${'a-'.repeat(120)}-x2m9k`;
  const { stem, hash, suffix } = splitName(name);
  expect(stem + hash + suffix).toBe(name);
});
