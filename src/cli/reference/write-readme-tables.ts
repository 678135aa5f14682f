import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { productFolder } from '../../launch/product-version.ts';
import { settingTable } from '../output/setting-table.ts';
import { settings } from '../settings.ts';
import { verbTable } from '../verb-table.ts';
import { verbs } from '../verbs.ts';

/** Writes the README's tables of verbs and of environment variables: `npm run docs:readme`. */
const file = join(productFolder(), 'README.md');
const readme = readFileSync(file, 'utf8')
  .replace(/\| verb \| what it does \|\n(?:\|.*\n)+/, `${verbTable(verbs)}\n`)
  .replace(/\| environment variable \| meaning \|\n(?:\|.*\n)+/, `${settingTable(settings)}\n`);
writeFileSync(file, readme);
