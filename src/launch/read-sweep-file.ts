import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { parseSweepFile } from '../sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { searchSections } from '../search/search-sections.ts';
import { recipes } from '../tasks/recipes/recipes.ts';
import { taskSections } from '../tasks/tasks.ts';

/** Reads and checks a sweep file. @throws DropsweepError SWEEP_FILE_INVALID */
export function readSweepFile(file: string): SweepDefinition {
  return checkSweepText(readSweepText(file), file);
}

/** Checks what stands in a sweep file, or is to stand there. @throws DropsweepError SWEEP_FILE_INVALID */
export function checkSweepText(text: string, file: string): SweepDefinition {
  const lookup = {
    isFile: (place: string) => statSync(place, { throwIfNoEntry: false })?.isFile() === true,
    isFolder: (place: string) => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true,
    namesIn: (place: string) => readdirSync(place),
  };
  return parseSweepFile(text, resolve(file), lookup, taskSections, searchSections, recipes);
}

/** A sweep file to the letter. @throws DropsweepError SWEEP_FILE_INVALID */
export function readSweepText(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (error) {
    throw new DropsweepError('SWEEP_FILE_INVALID', 'the sweep file cannot be read', {
      where: file,
      got: error instanceof Error ? error.message : String(error),
      expected: 'a YAML file such as examples/quickstart.yaml',
      cause: error,
    });
  }
}
