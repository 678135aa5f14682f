import { buildApplication, buildRouteMap, text_en } from '@stricli/core';
import { escapeControls } from '../base/escape-controls.ts';
import { describeError } from './describe-error.ts';
import { statusOfError } from './exit-status.ts';
import { verbs } from './verbs.ts';
import { productVersion } from '../launch/product-version.ts';

/** Every verb by its name. What a verb does is loaded when it is run. */
const root = buildRouteMap({
  routes: Object.fromEntries(verbs.map(({ name, command }) => [name, command])),
  docs: {
    brief: 'Sweeps over LoRA Dropout: launch a YAML file, watch it, kill it, resume it, read the trade-off.',
    fullDescription: `Sweeps over LoRA Dropout: launch a YAML file, watch it, kill it, resume it, read the trade-off.

Exit status: 0 done; 1 failed; 2 invalid command line, sweep file or data; 3 the sweep ended and some of its
trainings failed; 4 it was cancelled; 5 waiting timed out.`,
  },
});

export const app = buildApplication(root, {
  name: 'dropsweep',
  versionInfo: { getCurrentVersion: () => Promise.resolve(productVersion()) },
  scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
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
      exceptionWhileParsingArguments: (error) =>
        escapeControls(`USAGE: ${error instanceof Error ? error.message : String(error)}`),
    },
  },
});
