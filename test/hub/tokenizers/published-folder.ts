import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

export const fixtures = join(import.meta.dirname, 'fixtures');

/** A published folder with the ids that transformers gives: a line of cases.jsonl. */
export interface PublishedCase {
  readonly name: string;
  readonly model_type: string;
  /** Names of fixtures by the names that they are published under. */
  readonly files: Readonly<Record<string, string>>;
  /** Contents of JSON files. */
  readonly written: Readonly<Record<string, unknown>>;
  /** tokenizer.json, without vocabulary, merges and character map. */
  readonly tokenizer: unknown;
  /** Of each single text, then of each pair. */
  readonly ids: readonly (readonly number[])[];
  /** 0: all are zero. */
  readonly type_ids: readonly (readonly number[] | 0)[];
}

function readLines(name: string): readonly unknown[] {
  const lines = readFileSync(join(fixtures, name), 'utf8').trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

export const cases = readLines('cases.jsonl') as readonly PublishedCase[];

/** The texts that `ids` belong to: single ones with null, then pairs. */
export const textsOfCases = readLines('texts.jsonl') as readonly (readonly [string, string | null])[];

const folders: string[] = [];

/** A folder with fixtures under the names given, and files with contents: text and bytes as they are, else JSON. */
export function publish(
  files: Readonly<Record<string, string>>,
  written: Readonly<Record<string, unknown>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-tokenizer-'));
  folders.push(folder);
  for (const [name, fixture] of Object.entries(files)) copyFileSync(join(fixtures, fixture), join(folder, name));
  for (const [name, content] of Object.entries(written)) {
    const asIs = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(folder, name), asIs ? content : JSON.stringify(content));
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
