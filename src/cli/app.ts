import { type Application, buildApplication, buildRouteMap, text_en } from '@stricli/core';
import { escapeControls } from '../base/escape-controls.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';
import type { CliContext } from './cli-context.ts';
import { describeError } from './output/describe-error.ts';
import { exitMeanings, statusOfError } from './output/exit-status.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';
import { productVersion } from '../launch/product-version.ts';

/** Every verb by its name. What a verb does is loaded when it is run. */
const root = buildRouteMap({
  routes: Object.fromEntries(verbs.map(({ name, command }) => [name, command])),
  docs: {
    brief: 'Sweeps over LoRA Dropout: launch a YAML file, watch it, kill it, resume it, read the trade-off.',
    fullDescription: `Sweeps over LoRA Dropout: launch a YAML file, watch it, kill it, resume it, read the trade-off.

Exit status: ${exitMeanings.map(({ status, meaning }) => `${status} ${meaning}`).join('; ')}.
docs/commands.md tells each verb's flags, and what its JSON and CSV hold.`,
  },
});

/** The application, as it answers this command line: what is nearly right is judged by the verb that was typed. */
export function appFor(words: readonly string[]): Application<CliContext> {
  const typed = verbs.find(({ name }) => name === words[0]);
  return buildApplication(root, {
    name: 'dropsweep',
    versionInfo: { getCurrentVersion: () => Promise.resolve(productVersion()) },
    scanner: {
      caseStyle: 'allow-kebab-for-camel',
      allowArgumentEscapeSequence: true,
      // One letter too much or wrong and one left out: yaml is not meant to be table.
      distanceOptions: { threshold: 4, weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 } },
    },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: !process.stdout.isTTY },
    determineExitCode: statusOfError,
    localization: {
      text: {
        ...text_en,
        exceptionWhileRunningCommand: (error) => describeError(error),
        exceptionWhileLoadingCommandFunction: (error) => describeError(error),
        commandErrorResult: (error) => describeError(error),
        noCommandRegisteredForInput: ({ input, corrections }) =>
          `USAGE: there is no verb ${input}${corrections.length === 0 ? '' : `; did you mean ${corrections.join(' or ')}?`}\n  to do: dropsweep --help lists them`,
        exceptionWhileParsingArguments: (error) => escapeControls(`USAGE: ${parseProblem(error, typed)}`),
      },
    },
  });
}

function parseProblem(error: unknown, typed: Verb | undefined): string {
  // What a flag's own reader says has its code already.
  const message = (error instanceof Error ? error.message : String(error)).replace(': USAGE: ', ': ');
  if (typed === undefined) return message;
  const help = `dropsweep ${typed.name} --help`;
  const [, unknown] = /^No flag registered for (--[^\s,]+)/.exec(message) ?? [];
  if (unknown !== undefined)
    return `${typed.name} has no flag ${unknown}${didYouMean(unknown, typed.flags)}\n  to do: ${help} lists them`;
  return message.includes('to do: ') ? message : `${message}\n  to do: ${help} tells what it takes`;
}
