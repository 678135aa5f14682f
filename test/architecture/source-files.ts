import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** One import or re-export of a file. */
export interface ImportedModule {
  /** As written. */
  readonly specifier: string;
  /** Path from the project's root; null for a package or a module of Node. */
  readonly file: string | null;
  /** Gone after compilation: `import type`, or every name in it marked `type`. */
  readonly typeOnly: boolean;
  /** `import(…)`: loaded when reached, not with the file. */
  readonly lazy: boolean;
}

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportedModule[];
}

/** Files under a folder of the project, from its root, with forward slashes; dot files and node_modules left out. */
export function filesUnder(folder: string): readonly string[] {
  const absolute = path.join(projectRoot, folder);
  const entries = readdirSync(absolute, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !/(^|\/)(\.|node_modules\/)/.test(file))
    .sort();
}

/** The TypeScript files under folders, with what they import. */
export function readSourceFiles(folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) => filesUnder(folder))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => {
      const text = readFileSync(path.join(projectRoot, file), 'utf8');
      return { path: file, text, imports: readImports(file, text) };
    });
}

/** What a file imports, by a real parser: comments and strings never look like imports. */
export function readImports(file: string, text: string): readonly ImportedModule[] {
  const { module, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const imported = (specifier: string, typeOnly: boolean, lazy: boolean): ImportedModule => ({
    specifier,
    file: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null,
    typeOnly,
    lazy,
  });
  const statements = module.staticImports.map(({ moduleRequest, entries }) =>
    imported(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType), false),
  );
  const reexports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [imported(moduleRequest.value, isType, false)],
    ),
  );
  const calls = module.dynamicImports.map(({ moduleRequest }) =>
    imported(text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/^['"`]|['"`]$/g, ''), false, true),
  );
  return [...statements, ...reexports, ...calls];
}

/** The package of a specifier, e.g. `@scope/name` of `@scope/name/part`; null for Node's own and for files. */
export function packageName(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null);
}
