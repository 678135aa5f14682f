import { errorCodes } from './error-codes.ts';

/** The whole of docs/errors.md, from the registry of error codes. */
export function errorDocumentation(): string {
  const sections = Object.entries(errorCodes).map(([code, meaning]) => `## ${code}\n\n${meaning}\n`);
  return `# Errors

Every error that dropsweep reports has one of these codes; scripts may match on them. Its message names the place,
what stood there, what was expected and what to do. This page is written from \`src/base/error-codes.ts\` by
\`npm run docs:errors\`.

${sections.join('\n')}`;
}
