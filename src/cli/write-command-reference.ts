import { writeFileSync } from 'node:fs';
import { noticeSchema } from '../notices/payload.ts';

// Run from the project's root by `npm run docs:commands`.
writeFileSync('docs/notice.schema.json', noticeSchema());
