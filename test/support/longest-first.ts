import { relative, sep } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files wait for machines of their own, minutes each: begun last, one of them would run alone at the end. */
const long = ['chaos', 'upgrade', 'worker', 'cli', 'services', 'conformance', 'train'];

/** Files of long folders first; else as vitest orders them: what failed and what took longest, or the largest file. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(isLong(b.moduleId)) - Number(isLong(a.moduleId)));
  }
}

function isLong(file: string): boolean {
  const [, folder = ''] = relative(process.cwd(), file).split(sep);
  return long.includes(folder);
}
