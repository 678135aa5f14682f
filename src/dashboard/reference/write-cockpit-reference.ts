import { writeFileSync } from 'node:fs';
import { cockpitReference } from './cockpit-reference.ts';

// Run from the project's root by `npm run docs:cockpit`.
writeFileSync('docs/cockpit.md', cockpitReference());
