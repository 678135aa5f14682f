import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cockpitReference } from '../../src/dashboard/reference/cockpit-reference.ts';
import { actions } from '../../src/dashboard/steering/actions.ts';
import { views } from '../../src/dashboard/views/views.ts';

const project = resolve(import.meta.dirname, '../..');

describe('docs/cockpit.md', () => {
  const written = readFileSync(join(project, 'docs/cockpit.md'), 'utf8');

  it('is what the tables of views and actions say (npm run docs:cockpit)', () => {
    expect(written).toBe(cockpitReference());
  });

  it('has every view with its picture, and every key and name', () => {
    for (const { name } of views) {
      expect(written).toContain(`\n### ${name}\n`);
      expect(written).toContain(`(pictures/${name}.svg)`);
      expect(existsSync(join(project, 'docs/pictures', `${name}.svg`)), name).toBe(true);
    }
    for (const { name, help } of actions) {
      if (help !== undefined) expect(written).toContain(help[1]);
      if (name !== undefined) expect(written).toContain(`\`${name}\``);
    }
  });

  it('is linked from the README, and leaves no picture unshown', () => {
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toContain('(docs/cockpit.md)');
    for (const picture of readdirSync(join(project, 'docs/pictures'))) expect(written).toContain(`pictures/${picture}`);
  });
});
