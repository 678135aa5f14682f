import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const contract = readFileSync(join(project, 'docs', 'resume-contract.md'), 'utf8');

/** The statements under a heading: its list items, each with its lines joined. */
function statements(heading: string): readonly string[] {
  const [, section = ''] = contract.split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split(/\n(?=\* )/)
    .filter((item) => item.startsWith('* '))
    .map((item) => item.replaceAll(/\s+/g, ' ').trim());
}

/** `file`: "title", "title"; the titles belong to the file before them. */
function namedTests(statement: string): readonly NamedTest[] {
  return [...statement.matchAll(/`(test\/[\w./-]+\.test\.tsx?)`((?:[:,] "[^"]+")*)/g)].flatMap(
    ([, file = '', titles = '']): readonly NamedTest[] => {
      const quoted = [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title);
      return quoted.length === 0 ? [[file, null]] : quoted.map((title) => [file, title]);
    },
  );
}

type NamedTest = readonly [file: string, title: string | null];

describe('the resume contract', () => {
  const search = statements('What a search may and may not do');
  const named = [...search, ...statements('What can never be lost, and never happens twice')].flatMap(namedTests);

  it('says what a resumed search may and may not do, and each statement names its tests by file and title', () => {
    expect(search.length).toBeGreaterThan(8);
    expect(search.filter((statement) => namedTests(statement).every(([, title]) => title === null))).toEqual([]);
  });

  it.each(named)('names a test that exists: %s, %s', (file, title) => {
    expect(existsSync(join(project, file))).toBe(true);
    const titles = readFileSync(join(project, file), 'utf8').replaceAll('’', "'").replaceAll("\\'", "'");
    if (title !== null) expect(titles).toContain(title.replaceAll('’', "'"));
  });
});
