import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds package.json and examples, from src as from dist/src. */
export function productFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      if (readManifest(folder).name === 'dropsweep') return folder;
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

export function productVersion(): string {
  return readManifest(productFolder()).version ?? 'unknown';
}

function readManifest(folder: string): { readonly name?: string; readonly version?: string } {
  const manifest: { readonly name?: string; readonly version?: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return manifest;
}
