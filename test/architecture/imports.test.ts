import { describe, expect, it } from 'vitest';
import { exceptions, layerOf, layers, packageHomes, sourceFolder } from './layers.ts';
import { packageName, readImports, readSourceFiles, type ImportedModule, type SourceFile } from './source-files.ts';

const files = readSourceFiles(['src', 'workflows', 'activities', 'migrations']);
const seen = `${files.length} files, ${files.reduce((sum, file) => sum + file.imports.length, 0)} imports`;

/** `file → specifier` for each import that a rule refuses. */
function violations(refused: (file: SourceFile, imported: ImportedModule) => boolean): readonly string[] {
  return files.flatMap((file) =>
    file.imports.filter((imported) => refused(file, imported)).map(({ specifier }) => `${file.path} → ${specifier}`),
  );
}

describe(`imports (${seen})`, () => {
  it('are found at all', () => {
    expect(files.length).toBeGreaterThan(0);
    const example =
      "// import '../x.ts'\nimport type { A } from './a.ts';\nexport * from '../b/c.ts';\nawait import('d');";
    expect(readImports('src/e/f.ts', example)).toEqual([
      { specifier: './a.ts', file: 'src/e/a.ts', typeOnly: true, lazy: false },
      { specifier: '../b/c.ts', file: 'src/b/c.ts', typeOnly: false, lazy: false },
      { specifier: 'd', file: null, typeOnly: false, lazy: true },
    ]);
  });

  it('go leftwards through the layers of src', () => {
    const wrong = violations((file, imported) => {
      const from = sourceFolder(file.path);
      const to = imported.file === null ? null : sourceFolder(imported.file);
      if (from === null || to === null || from === to) return false;
      if (exceptions.some(([left, right]) => left === from && right === to)) return false;
      return layerOf(to) > layerOf(from);
    });
    expect(wrong).toEqual([]);
  });

  it('know every folder of src', () => {
    const folders = new Set(files.flatMap((file) => sourceFolder(file.path) ?? []));
    expect([...folders].filter((folder) => layerOf(folder) < 0)).toEqual([]);
  });

  it('make no circle between folders of one layer, types excepted', () => {
    const uses = (from: string): readonly string[] =>
      files
        .filter((file) => sourceFolder(file.path) === from)
        .flatMap((file) =>
          file.imports.flatMap(({ file: to, typeOnly }) => (to === null || typeOnly ? [] : (sourceFolder(to) ?? []))),
        )
        .filter((to) => to !== from && layerOf(to) === layerOf(from));
    const circular = layers.flat().filter((folder) => {
      const reached = new Set(uses(folder));
      for (const next of reached) for (const further of uses(next)) reached.add(further);
      return reached.has(folder);
    });
    expect(circular).toEqual([]);
  });

  it('of workflows reach messages, base, and types of activities alone', () => {
    const wrong = violations((file, imported) => {
      if (!file.path.startsWith('workflows/')) return false;
      if (imported.file === null) return !/^@temporalio\/(workflow|common)$/.test(imported.specifier);
      if (imported.file.startsWith('activities/')) return !imported.typeOnly;
      return !/^(workflows|src\/(messages|base))\//.test(imported.file);
    });
    expect(wrong).toEqual([]);
  });

  it('of activities never reach workflows', () => {
    const wrong = violations(
      (file, { file: imported }) => file.path.startsWith('activities/') && imported?.startsWith('workflows/') === true,
    );
    expect(wrong).toEqual([]);
  });

  it('of migrations are kysely alone', () => {
    const wrong = violations((file, { specifier }) => file.path.startsWith('migrations/') && specifier !== 'kysely');
    expect(wrong).toEqual([]);
  });

  it('keep each library where it belongs: SQL in the store, onnxruntime in the runtime, ink in the dashboard', () => {
    const wrong = violations((file, { specifier, typeOnly }) => {
      const homes = packageHomes[packageName(specifier) ?? ''];
      if (homes === undefined || typeOnly) return false;
      return !homes.some((home) => file.path.startsWith(`${home}/`));
    });
    expect(wrong).toEqual([]);
  });

  it('never load onnxruntime into a worker, which its calls would block, nor into the command line', () => {
    const loads = (entry: string): boolean => loadedWith(entry).has('onnxruntime-node');
    const entries = files
      .map((file) => file.path)
      .filter((file) => /^(src\/(worker|services|cli|dashboard)|activities|workflows)\//.test(file));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter(loads)).toEqual([]);
  });
});

/** All files and packages that are loaded when a file is: values only, nothing lazy. */
function loadedWith(entry: string): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loaded = new Set<string>([entry]);
  for (const reached of loaded) {
    for (const imported of byPath.get(reached)?.imports ?? []) {
      if (imported.typeOnly || imported.lazy) continue;
      loaded.add(imported.file ?? packageName(imported.specifier) ?? imported.specifier);
    }
  }
  return loaded;
}
