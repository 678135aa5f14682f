import { takenNames } from '../../metrics/program-metric.ts';
import { freeFields } from '../free-fields.ts';
import { aboveZero, wholeFrom } from './number-rules.ts';
import type { FileLookup } from './file-lookup.ts';
import { didYouMean } from './sweep-file-problems.ts';
import type { Objective, ProgramSettings } from '../vocabulary.ts';
import type { Field, YamlSection } from './yaml-section.ts';

/** Names that `{…}` in an argument may hold beside the values of the configuration. */
const ownPlaceholders = ['config', 'folder'];
const placeholder = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const defaultTerminateSeconds = 10;
/** A week: a program that hangs says nothing of it, and holds its slot. */
const defaultTimeoutSeconds = 7 * 24 * 3_600;

/** Fields of `trainer`, for the reference. */
export const programFields: readonly { readonly name: string; readonly expected: string; readonly sentence: string }[] =
  [
    {
      name: 'command',
      expected: 'a list of arguments',
      sentence:
        'The program, run once for each training in the sweep file’s folder. `{config}` becomes the path of a JSON file with `configuration`, `seed`, `steps`, `step` and `folder`; `{folder}` a folder that the training keeps from run to run; `{name}` the value of an axis or constant. The same two paths are in DROPSWEEP_CONFIG and DROPSWEEP_FOLDER',
    },
    {
      name: 'ask',
      expected: 'a name',
      sentence:
        'Instead of a command: programs that run elsewhere ask for trainings (`dropsweep ask`). Trainings of one name are the same over sweeps',
    },
    {
      name: 'metrics',
      expected: 'names, each with maximize or minimize',
      sentence:
        'What the program measures. It prints one JSON object a line, `{"step": 3, "score": 0.8}`; a line without `step` is of the next one. Other numbers in it are kept too',
    },
    {
      name: 'steps',
      expected: 'a whole number of at least 1',
      sentence:
        'Length of a training in the program’s own steps, which rungs are shares of; it reports none past them; default 1',
    },
    {
      name: 'terminate_seconds',
      expected: 'a number above 0',
      sentence:
        'From SIGTERM to SIGKILL where a run is ended early: stopped at a rung, paused, over its time; default 10',
    },
    {
      name: 'timeout_seconds',
      expected: 'a number above 0',
      sentence: `Time that a run of the program may take; its training is infeasible then. One that hangs is found by nothing else: name what none should need; default ${defaultTimeoutSeconds}, a week`,
    },
  ];

/**
 * The `trainer` section of a program's sweep; null where it has a problem that leaves no program.
 * @param names of axes and constants, which arguments may name
 */
export function readProgram(
  file: YamlSection,
  lookup: FileLookup,
  { sweep, names }: { readonly sweep: string; readonly names: readonly string[] },
): ProgramSettings | null {
  const section = file.section('trainer');
  if (section === null) return null;
  const command = readCommand(section, names);
  const ask = section.text('ask');
  const asks = section.field('ask');
  if (asks !== null && section.has('command'))
    section.reading.report(asks.node, asks.name, 'is for programs that are not run here; keep it or command');
  if (asks === null && !section.has('command'))
    section.missing('command', 'the arguments of a program, or ask: a name, for programs that ask');
  const metrics = readMetrics(section);
  const steps = section.number('steps', wholeFrom(1)) ?? 1;
  const terminate = section.number('terminate_seconds', aboveZero) ?? defaultTerminateSeconds;
  const timeout = section.number('timeout_seconds', aboveZero) ?? (command === null ? null : defaultTimeoutSeconds);
  section.finish();
  if (command === null && ask === null) return null;
  return {
    ...(command === null ? { name: ask ?? sweep } : { command }),
    folder: lookup.folder,
    metrics,
    steps,
    terminate_seconds: terminate,
    ...(timeout === null ? {} : { timeout_seconds: timeout }),
  };
}

function readCommand(section: YamlSection, names: readonly string[]): readonly string[] | null {
  const field = section.has('command') ? section.field('command') : null;
  if (field === null) return null;
  const known = [...ownPlaceholders, ...names];
  const read = section.items(field).map((item) => readArgument(section, item, known));
  const given = read.filter((argument) => argument !== null);
  return given.length < read.length || given.length === 0 ? null : given;
}

/** An argument may stand there twice, and be a number as it is written. */
function readArgument(section: YamlSection, item: Field, known: readonly string[]): string | null {
  const text = section.argumentOf(item);
  for (const [, word = ''] of (text ?? '').matchAll(placeholder)) {
    if (known.includes(word)) continue;
    section.reading.report(
      item.node,
      item.name,
      `{${word}} is neither an axis nor a constant${didYouMean(word, known) || `; known are ${known.join(', ')}`}`,
    );
  }
  return text;
}

/** An argument with its placeholders filled in. */
export function fillArgument(argument: string, values: Readonly<Record<string, unknown>>): string {
  return argument.replaceAll(placeholder, (whole, word: string) => {
    const value = values[word];
    if (value === undefined) return whole;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function readMetrics(section: YamlSection): Readonly<Record<string, Objective['direction']>> {
  const metrics: Record<string, Objective['direction']> = {};
  const own = section.section('metrics');
  if (!section.has('metrics')) section.missing('metrics', 'what the program measures, such as {accuracy: maximize}');
  if (own === null) return metrics;
  for (const { name } of freeFields(own)) {
    const field = own.field(name);
    if (['step', ...takenNames].includes(name) && field !== null)
      own.reading.report(field.node, field.name, 'has a meaning already; call the metric something else');
    const direction = own.choice(name, ['maximize', 'minimize']);
    if (direction !== null) metrics[name] = direction;
  }
  if (own.keys().length === 0) section.reading.report(own.node, own.path, 'names no metric');
  own.finish();
  return metrics;
}
