// Writes src/api/schema.d.ts, the types of the REST API, from api/openapi.yaml. With --check it only says whether they are up to date.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = process.env.OPENAPI ? new URL(process.env.OPENAPI, 'file:') : new URL('../../api/openapi.yaml', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const head = '// Made by `npm run generate` from api/openapi.yaml. Do not edit.\n\n';
const text = head + astToString(await openapiTS(source, { defaultNonNullable: false }));

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present !== text) {
    console.error('src/api/schema.d.ts is older than api/openapi.yaml: run `npm run generate` in web/');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
