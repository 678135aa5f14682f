import { writeFileSync } from 'node:fs';
import { errorDocumentation } from './error-documentation.ts';

// Run from the project's root by `npm run docs:errors`.
writeFileSync('docs/errors.md', errorDocumentation());
