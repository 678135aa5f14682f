import {
  type BaseArgs,
  buildCommand,
  type Command,
  type CommandFunction,
  type TypedCommandParameters,
} from '@stricli/core';
import type { CliContext } from './cli-context.ts';

/** What help, completion and the README's table say of a verb. */
interface VerbWords {
  readonly name: string;
  /** The arguments as the README writes them: `SWEEP`, `[SWEEP]`. */
  readonly words: string;
  readonly brief: string;
  /** For its own help; absent: the brief. */
  readonly about?: string;
  readonly examples: readonly [string, ...string[]];
}

export interface Verb extends VerbWords {
  /** The long names of its flags, as they are typed. */
  readonly flags: readonly string[];
  readonly command: Command<CliContext>;
}

/** Declares a verb. What it does is loaded when it is run. */
export function verb<const Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>, const Args extends BaseArgs>(
  words: VerbWords,
  parameters: TypedCommandParameters<Flags, Args, CliContext>,
  loader: () => Promise<CommandFunction<Flags, Args, CliContext>>,
): Verb {
  const { about, brief, examples } = words;
  const spelled = examples.map((example) => `  ${example}`);
  const fullDescription = [
    about ?? `${brief.charAt(0).toUpperCase()}${brief.slice(1)}.`,
    '',
    'For example:',
    ...spelled,
  ].join('\n');
  return {
    ...words,
    flags: Object.keys(parameters.flags ?? {}).map((flag) => `--${kebab(flag)}`),
    command: buildCommand<Flags, Args, CliContext>({ docs: { brief, fullDescription }, parameters, loader }),
  };
}

function kebab(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
