import { assertNever } from '../../base/assert-never.ts';
import { exitMeanings } from '../output/exit-status.ts';
import type { FlagFacts, Verb } from '../verb.ts';
import type { OutputColumn, VerbOutput } from '../output/verb-output.ts';

/** docs/commands.md: every verb with its flags, an example, what it prints, and what statuses mean. */
export function commandReference(verbs: readonly Verb[]): string {
  return [
    '# Commands',
    '',
    'Written from the registry of verbs by `npm run docs:commands`. `dropsweep VERB --help` says the same of one.',
    '',
    'What a verb is asked for stands on its standard output; progress, warnings and errors stand on standard error. Under',
    '`--format json` and `--format csv` the standard output holds that alone. JSON is one object: facts about all rows, and',
    '`rows`; CSV is RFC 4180 with the columns of the rows, an empty cell for null, and JSON in the cells of objects and',
    'arrays. Members are added over time and not taken away. Colours are for terminals alone, and none under `NO_COLOR`. A',
    'reader that closes the pipe ends the verb with status 0.',
    '',
    '## Exit statuses',
    '',
    ...table(
      ['status', 'meaning'],
      exitMeanings.map(({ status, meaning }) => [String(status), meaning]),
    ),
    '',
    'Errors begin with a stable code: [errors.md](errors.md).',
    '',
    ...verbs.flatMap(verbLines),
  ].join('\n');
}

function verbLines(verb: Verb): readonly string[] {
  const { name, words, brief, about, examples, flagFacts, output } = verb;
  const call = ['dropsweep', name, ...(words === '' ? [] : [words]), ...flagFacts.map(flagText)].join(' ');
  return [
    `## ${name}`,
    '',
    ...(about ?? `${brief.charAt(0).toUpperCase()}${brief.slice(1)}.`).split('\n'),
    '',
    '```',
    call,
    '',
    ...examples.map((example) => `$ ${example}`),
    '```',
    '',
    ...(flagFacts.length === 0 ? [] : [...flagTable(flagFacts), '']),
    ...outputLines(output),
    '',
  ];
}

function flagText({ name, value, needed, repeated }: FlagFacts): string {
  const text = `${name}${value === null ? '' : ` <${value}>`}${repeated ? '…' : ''}`;
  return needed ? text : `[${text}]`;
}

function flagTable(flags: readonly FlagFacts[]): readonly string[] {
  return table(
    ['flag', 'value', 'default', 'meaning'],
    flags.map(({ name, value, fallback, brief, needed }) => [
      `\`${name}\``,
      value === null ? '' : `\`${value}\``,
      needed ? 'needed' : fallback === undefined ? '' : `\`${fallback}\``,
      brief,
    ]),
  );
}

function outputLines(output: VerbOutput): readonly string[] {
  switch (output.kind) {
    case 'own':
      return [`Standard output: ${output.what}. ${output.why}`];
    case 'json':
      return [
        `Standard output: one line of JSON with these members. ${output.why}`,
        '',
        ...columnTable(output.columns),
      ];
    case 'rows':
      return [
        'Standard output, by `--format`: a table, JSON or CSV. Each row has these members.',
        '',
        ...columnTable(output.columns),
        ...(output.facts === undefined ? [] : ['', 'Beside `rows`, in JSON:', '', ...columnTable(output.facts)]),
      ];
    default:
      return assertNever(output, 'output of a verb');
  }
}

function columnTable(columns: readonly OutputColumn[]): readonly string[] {
  return table(
    ['member', 'type', 'unit', 'meaning'],
    columns.map(({ name, type, unit = '', orNull, meaning }) => [
      `\`${name}\``,
      orNull === true ? `${type} or null` : type,
      unit,
      meaning,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
