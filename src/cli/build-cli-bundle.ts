import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * The command line as a few dozen files in place of a thousand: half of the time of a verb that reads a little went into
 * finding and opening modules. What a verb does stays in files of its own, which are loaded when it is run: so each build
 * has a folder of its own, named by what is in it, and a command that runs while another is built finds its files.
 */
const dist = resolve(import.meta.dirname, '../..');

/** Builds that stay, the newest among them. */
const kept = 5;
/** A build that is not done after so long was ended. */
const writingMs = 600_000;

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

/** @param input the program @param folder whose main.js it becomes */
export async function buildCliBundle(input: string, folder: string): Promise<void> {
  const own = join(folder, `partial-${process.pid}`);
  const bundle = await rolldown({
    input: { main: input },
    platform: 'node',
    external: (id) =>
      isBuiltin(id) || (isPackage(id) && !taken.some((name) => id === name || id.startsWith(`${name}/`))),
    plugins: [{ name: 'places', transform: (code, id) => withPlaces(code, id, join(folder, 'build')) }],
  });
  await bundle.write({ dir: own, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  const build = `build-${contentHash(own)}`;
  if (existsSync(join(folder, build))) {
    rmSync(own, { recursive: true });
    utimesSync(join(folder, build), new Date(), new Date());
  } else renameSync(own, join(folder, build));
  // A command finds the file of the build before or of this one, never none and never half of one.
  const entry = join(folder, `main.js.${process.pid}`);
  writeFileSync(entry, `#!/usr/bin/env node\nimport './${build}/main.js';\n`, { mode: 0o755 });
  renameSync(entry, join(folder, 'main.js'));
  removeOlder(folder);
}

function contentHash(built: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(built).sort()) hash.update(name).update(readFileSync(join(built, name)));
  return hash.digest('hex').slice(0, 12);
}

/** Leaves the newest builds, for commands that run, and what another process may still be writing. */
function removeOlder(folder: string): void {
  const parts = readdirSync(folder)
    .map((name) => ({ name, path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  const builds = new Set(parts.filter(({ name }) => name.startsWith('build-')).slice(0, kept));
  for (const part of parts) {
    const isWritten = /^(partial-|main\.js\.)/.test(part.name) && part.at > Date.now() - writingMs;
    if (part.name !== 'main.js' && !builds.has(part) && !isWritten) rmSync(part.path, { recursive: true, force: true });
  }
}

function isPackage(id: string): boolean {
  return !id.startsWith('.') && !id.startsWith('/') && !id.includes('\0');
}

/** A module finds files beside it where it lay, not where the bundle lies. Null: it looks for none. */
function withPlaces(code: string, id: string, bundled: string): string | null {
  if (id.includes('node_modules') || !code.includes('import.meta.')) return null;
  const file = relative(bundled, id);
  return code
    .replaceAll('import.meta.dirname', `(import.meta.dirname + ${JSON.stringify(`/${dirname(file)}`)})`)
    .replaceAll('import.meta.url', `new URL(${JSON.stringify(file)}, import.meta.url).href`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildCliBundle(join(dist, 'src/cli/main.js'), join(dist, 'cli'));
