import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingTable } from '../../src/cli/output/setting-table.ts';
import { settings } from '../../src/cli/settings.ts';
import { verbTable } from '../../src/cli/verb-table.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { filesUnder, projectRoot, readSourceFiles } from './source-files.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesUnder('docs').filter((file) => file.endsWith('.md')),
];

function read(file: string): string {
  return readFileSync(path.join(projectRoot, file), 'utf8');
}

/** The part of the README under a heading. */
function section(heading: string): string {
  const [, rest = ''] = read('README.md').split(`${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** Every file that a sweep file names is there, for the parser. */
const everythingThere = { isFile: () => true, isFolder: () => true };

describe('the documents', () => {
  it('link to files that exist', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
        .map((match) => path.join(path.dirname(page), match[1] ?? ''))
        .filter((target) => !existsSync(path.join(projectRoot, target)))
        .map((target) => `${page} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('explain a sweep file that the parser accepts, with the defaults that it has', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
    const definition = parseSweepFile(yaml, 'README.yaml', everythingThere, taskSections, searchSections);
    expect(definition.space).toEqual({
      dropout_rate: [0, 0.25, 0.5],
      sparsity: [0, 1e-4],
      train_instances: [1, 2],
      seed: [0, 1, 2],
    });
    // The section claims to show defaults: without it nothing changes.
    const bare = yaml.replace(/^training:.*\n(?: .*\n)+/m, '');
    expect(bare).not.toBe(yaml);
    expect(parseSweepFile(bare, 'README.yaml', everythingThere, taskSections, searchSections).training).toEqual(
      definition.training,
    );
  });

  it('bring examples that the parser accepts', () => {
    const examples = filesUnder('examples').filter((file) => file.endsWith('.yaml'));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples)
      parseSweepFile(read(example), example, everythingThere, taskSections, searchSections);
  });

  it('tell of every verb and every setting in the README: npm run docs:readme', () => {
    expect(section('## Verbs')).toContain(`\n${verbTable(verbs)}\n`);
    expect(section('## What runs where')).toContain(`\n${settingTable(settings)}\n`);
  });

  it('write commands of verbs and flags that there are', () => {
    const commands = pages.flatMap((page) =>
      [...read(page).matchAll(/`(?:npx )?dropsweep ([a-z][\w-]*)([^`]*)`/g)].map(([, name = '', words = '']) => ({
        page,
        name,
        flags: [...words.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([flag]) => flag),
      })),
    );
    expect(commands.length).toBeGreaterThan(30);
    const wrong = commands.flatMap(({ page, name, flags }) => {
      const verb = verbs.find((known) => known.name === name);
      const known = verb === undefined ? [] : [...verb.flags, '--help'];
      return verb === undefined
        ? [`${page}: ${name}`]
        : flags.filter((flag) => !known.includes(flag)).map((flag) => `${page}: ${name} ${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  it('name every environment variable of ours in the README', () => {
    const ours = /\['((?:DROPSWEEP|TEMPORAL|DATABASE|HF)_[A-Z_]+|XDG_CACHE_HOME|NO_COLOR)'\]/g;
    const sources = readSourceFiles(['src', 'activities', 'workflows']);
    const inUse = new Set(sources.flatMap(({ text }) => [...text.matchAll(ours)].map((match) => match[1])));
    // Workflow timings, for tests and benchmarks.
    inUse.delete('DROPSWEEP_DRIVE');
    const named = [...section('## What runs where').matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm)].flatMap((match) =>
      (match[1] ?? '').replaceAll('`', '').split(', '),
    );
    expect(new Set(named)).toEqual(inUse);
  });

  it('show whole frames: no line of the README is wider than 120 columns', () => {
    expect(
      read('README.md')
        .split('\n')
        .filter((line) => line.length > 120 && !line.startsWith('|')),
    ).toEqual([]);
  });
});
