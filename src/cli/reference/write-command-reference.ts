import { writeFileSync } from 'node:fs';
import { noticeSchema } from '../../notices/payload.ts';
import { commandReference } from './command-reference.ts';
import { verbs } from '../verbs.ts';

// Run from the project's root by `npm run docs:commands`.
writeFileSync('docs/commands.md', commandReference(verbs));
writeFileSync('docs/notice.schema.json', noticeSchema());
