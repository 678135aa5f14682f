import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * The command line as a few dozen files in place of a thousand: half of the time of a verb that reads a little went into
 * finding and opening modules. What a verb does stays in files of its own, which are loaded when it is run.
 */
const dist = resolve(import.meta.dirname, '../..');
const folder = resolve(dist, 'cli');

/** Packages that are taken in: those of many small files, and those that these bring. Others are loaded as they lie. */
const taken = [
  '@bufbuild/protobuf',
  '@huggingface/jinja',
  '@stricli/core',
  'ansi-regex',
  'csv-parse',
  'fastest-levenshtein',
  'fflate',
  'get-east-asian-width',
  'kysely',
  'string-width',
  'strip-ansi',
  'yaml',
  'zod',
];

async function buildCliBundle(): Promise<void> {
  const own = `${folder}.${process.pid}`;
  const bundle = await rolldown({
    input: { main: resolve(dist, 'src/cli/main.js') },
    platform: 'node',
    external: (id) =>
      isBuiltin(id) || (isPackage(id) && !taken.some((name) => id === name || id.startsWith(`${name}/`))),
    plugins: [{ name: 'places', transform: (code, id) => withPlaces(code, id) }],
  });
  await bundle.write({ dir: own, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  // npm makes package.json's bin executable when it installs; a file that is built again has to be so by itself.
  chmodSync(resolve(own, 'main.js'), 0o755);
  // Commands that run meanwhile have the old folder or the new one.
  const old = `${own}.old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(own, folder);
  rmSync(old, { recursive: true, force: true });
}

function isPackage(id: string): boolean {
  return !id.startsWith('.') && !id.startsWith('/') && !id.includes('\0');
}

/** A module finds files beside it where it lay, not where the bundle lies. Null: it looks for none. */
function withPlaces(code: string, id: string): string | null {
  if (id.includes('node_modules') || !code.includes('import.meta.')) return null;
  const file = relative(folder, id);
  return code
    .replaceAll('import.meta.dirname', `(import.meta.dirname + ${JSON.stringify(`/${dirname(file)}`)})`)
    .replaceAll('import.meta.url', `new URL(${JSON.stringify(file)}, import.meta.url).href`);
}

await buildCliBundle();
