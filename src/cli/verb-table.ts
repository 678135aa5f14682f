import type { Verb } from './verb.ts';

/** The README's table of verbs. */
export function verbTable(verbs: readonly Verb[]): string {
  const rows = verbs.map(({ name, words, brief, flags }) => {
    const own = flags.filter((flag) => flag !== '--format').map((flag) => `\`${flag}\``);
    const call = words === '' ? name : `${name} ${words}`;
    return `| \`${call}\` | ${brief}${own.length === 0 ? '' : ` (${own.join(', ')})`} |`;
  });
  return ['| verb | what it does |', '| --- | --- |', ...rows].join('\n');
}
