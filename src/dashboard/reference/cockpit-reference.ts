import { actions } from '../steering/actions.ts';
import type { View } from '../views/view.ts';
import { views } from '../views/views.ts';

/** docs/cockpit.md: every view with its picture and what can be done in it, and every key. */
export function cockpitReference(): string {
  return [
    '# The cockpit',
    '',
    'Written from the tables of views and actions by `npm run docs:cockpit`; the pictures are what a terminal of 110 by 32 shows',
    'of a made-up sweep, drawn by `test/dashboard/pictures.test.ts`.',
    '',
    '`dropsweep watch SWEEP` opens it, `dropsweep` alone its list of sweeps, `dropsweep launch` and `start` with what they',
    'launch. It reads PostgreSQL alone, so it works over SSH and with Temporal down, and leaving it ends nothing. In a pipe,',
    'and under `TERM=dumb`, the same progress comes as lines. `--read-only` takes no commands. Colours, signs and the mouse:',
    '`NO_COLOR`, `DROPSWEEP_THEME`, `DROPSWEEP_GLYPHS` and `DROPSWEEP_MOUSE` in the [README](../README.md).',
    '',
    'Scores of a configuration are means over its seeds, wherever several are drawn or listed as one; `*` marks the trials of the',
    'configurations that `dropsweep pareto` prints. The last line names the keys that do something in the view that is shown.',
    '',
    '## Keys',
    '',
    ...table(['keys', 'meaning'], keyRows()),
    '',
    '## By name',
    '',
    '`:` takes any of these by its name, or by its beginning; `tab` completes it.',
    '',
    ...table(['name', 'takes'], nameRows()),
    '',
    '## Views',
    '',
    ...views.flatMap(viewLines),
  ].join('\n');
}

function keyRows(): readonly (readonly string[])[] {
  return actions.flatMap(({ help }) => (help === undefined ? [] : [[help[0], help[1]]]));
}

function nameRows(): readonly (readonly string[])[] {
  const named = actions.flatMap(({ name, argument }) =>
    name === undefined ? [] : [[`\`${name}\``, argument?.hint ?? '']],
  );
  const numbered = views.flatMap(({ name, numbered: count }) =>
    count === undefined ? [] : [[`\`${name}\``, 'a trial’s number']],
  );
  return [...named, ...numbered];
}

function viewLines(view: View): readonly string[] {
  const { name, key, help, choices = [] } = view;
  return [
    `### ${name}`,
    '',
    `${key === undefined ? '' : `Key \`${key}\`: `}${help}. ${doneHere(view)}`.trim(),
    '',
    ...(choices.length === 0
      ? []
      : [
          ...table(
            ['key', 'name', 'chooses'],
            choices.map((choice) => [`\`${choice.key}\``, `\`${choice.name}\``, choice.help]),
          ),
          '',
        ]),
    `![${name}](pictures/${name}.svg)`,
    '',
  ];
}

function doneHere({ opens, marks, filtered, sorted }: View): string {
  const done = [
    ...(filtered === true ? ['shows what the filter leaves'] : []),
    ...(sorted === true ? ['is in the order of `s` and `:sort`'] : []),
    ...(marks ? ['its rows stand for trials, which `space` marks'] : []),
    opens ? '`enter` opens the chosen row' : '`enter` opens nothing here',
  ];
  const text = done.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
