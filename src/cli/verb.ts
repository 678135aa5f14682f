import {
  type BaseArgs,
  buildCommand,
  type Command,
  type CommandFunction,
  type TypedCommandParameters,
} from '@stricli/core';
import type { CliContext } from './cli-context.ts';
import type { VerbOutput } from './output/verb-output.ts';

/** The words of a verb for help, completion and the README's table. */
interface VerbWords {
  readonly name: string;
  /** The arguments as the README writes them: `SWEEP`, `[SWEEP]`. */
  readonly words: string;
  readonly brief: string;
  /** For its own help; absent: the brief. */
  readonly about?: string;
  readonly examples: readonly [string, ...string[]];
  readonly output: VerbOutput;
}

/** A flag as documents tell it. */
export interface FlagFacts {
  /** As it is typed: `--dry-run`. */
  readonly name: string;
  readonly brief: string;
  /** The value that is written after it; null: none. */
  readonly value: string | null;
  /** Absent: it has none. */
  readonly fallback?: string;
  readonly needed: boolean;
  readonly repeated: boolean;
}

export interface Verb extends VerbWords {
  /** The long names of its flags, as they are typed. */
  readonly flags: readonly string[];
  readonly flagFacts: readonly FlagFacts[];
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
    flagFacts: Object.entries<DeclaredFlag>(parameters.flags ?? {}).map(factsOf),
    command: buildCommand<Flags, Args, CliContext>({ docs: { brief, fullDescription }, parameters, loader }),
  };
}

/** Of a flag's declaration, what documents tell. */
interface DeclaredFlag {
  readonly kind: string;
  readonly brief: string;
  readonly values?: readonly string[];
  readonly placeholder?: string;
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly variadic?: unknown;
}

function factsOf([camel, flag]: readonly [string, DeclaredFlag]): FlagFacts {
  const { kind, brief, values, placeholder, optional = false, variadic } = flag;
  const fallback = typeof flag.default === 'string' ? { fallback: flag.default } : {};
  return {
    name: `--${kebab(camel)}`,
    brief,
    value: kind === 'boolean' ? null : (values?.join('|') ?? placeholder ?? 'value'),
    ...fallback,
    needed: kind !== 'boolean' && !optional && flag.default === undefined,
    repeated: variadic !== undefined && variadic !== false,
  };
}

function kebab(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
