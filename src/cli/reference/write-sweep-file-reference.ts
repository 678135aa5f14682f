import { writeFileSync } from 'node:fs';
import { sweepFileReference } from '../../sweep/file/sweep-file-reference.ts';
import { searchSections } from '../../search/search-sections.ts';
import { recipes } from '../../tasks/recipes/recipes.ts';
import { taskSections } from '../../tasks/tasks.ts';

// Run from the project's root by `npm run docs:sweep-file`.
writeFileSync('docs/sweep-file.md', sweepFileReference(taskSections, searchSections, recipes));
