import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { compressed } from './scripts/compress.ts'

const server = process.env.TOTEBOARD_DEV_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  // What imports something finds it beside itself, wherever the assets come from (TOTEBOARD_ASSET_URL); the server says where
  // that is for the page itself (api/pages.py).
  base: './',
  plugins: [react(), compressed()],
  resolve: {
    alias: {
      '@words': fileURLToPath(new URL('../src/toteboard/words', import.meta.url)),
      '@': fileURLToPath(new URL('./src', import.meta.url)),
    },
  },
  build: {
    outDir: '../src/toteboard/pages',
    emptyOutDir: true,
    manifest: true,
    // The content policy allows neither data: fonts nor data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rolldownOptions: {
      output: {
        // What the board shares with every other page in one file: in several it weighs more.
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /react-router|router-core|tanstack.store|api.problem|shared.money|jsx-runtime|react.index/,
            },
          ],
        },
      },
    },
  },
  server: {
    // The words stand beside the server that says them too.
    fs: { allow: ['..'] },
    proxy: { '/api': { target: server, ws: true } },
  },
  test: { include: ['src/**/*.test.ts'] },
})
