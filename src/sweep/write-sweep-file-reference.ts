import { writeFileSync } from 'node:fs';
import { sweepFileReference } from './sweep-file-reference.ts';

// Run from the project's root by `npm run docs:sweep-file`.
writeFileSync('docs/sweep-file.md', sweepFileReference());
