import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { licences } from './scripts/licences.ts';

// The server that `npm run dev` asks; the built dashboard asks the server that it came from.
const server = process.env.KUBEMONITOR_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), licences(fileURLToPath(new URL('src/fonts', import.meta.url)))],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: fonts or scripts
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? 5173),
    proxy: {
      '/api': { target: server, changeOrigin: true },
      '/readyz': { target: server, changeOrigin: true },
    },
  },
  test: {
    environment: 'node', // those that need a document say so in their first line
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
