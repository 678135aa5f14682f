import type { CliContext } from '../../cli-context.ts';

export async function help(this: CliContext, _flags: Record<never, never>, verb?: string): Promise<void> {
  await this.runAgain(verb === undefined ? ['--help'] : [verb, '--help']);
}
