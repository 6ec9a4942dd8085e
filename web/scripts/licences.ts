// A Vite plugin: the licence texts of every package that is in the bundle, and of the fonts, as assets/licences.txt beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const LICENCE = /^(licen[cs]e|copying|notice)/i;

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

export function licences(fonts: string): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const match = PACKAGE.exec(id.replace(/^\0/, ''));
        if (match?.[1]) folders.add(match[1]);
      }
      const parts = [...folders].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
        const texts = readdirSync(folder).filter((file) => LICENCE.test(file));
        if (texts.length === 0) this.warn(`${name} has no licence text`);
        return [`${name} ${version} (${license ?? 'see below'})`, ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join('\n\n');
      });
      if (existsSync(fonts)) for (const file of readdirSync(fonts).filter((entry) => entry.endsWith('.txt') && LICENCE.test(entry))) parts.push(readFileSync(join(fonts, file), 'utf8').trim());
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: `${parts.join(`\n\n${'-'.repeat(100)}\n\n`)}\n` });
    },
  };
}
