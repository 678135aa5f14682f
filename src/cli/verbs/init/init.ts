import { writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { DropsweepError } from '../../../base/errors.ts';
import { lookAtData } from '../../../launch/look-at-data.ts';
import { checkSweepText } from '../../../launch/read-sweep-file.ts';
import { starterFile } from '../../../launch/starter-file.ts';
import type { CliContext } from '../../cli-context.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export interface DataFlags {
  readonly data?: string;
  readonly dev?: string;
  readonly text?: string;
  readonly label?: string;
  readonly base: string;
  readonly name?: string;
}

export interface InitFlags extends DataFlags, FormatFlags {
  readonly out: string;
  readonly force: boolean;
}

export async function init(this: CliContext, flags: InitFlags): Promise<void> {
  demandFree(flags.out, flags.force);
  const data = flags.data ?? (await ask(this, 'Which file holds the texts and labels? '));
  const { out, format } = flags;
  const content = await starterOf({ ...flags, data, hours: null });
  const { name } = checkSweepText(content, out);
  writeFileSync(out, content);
  const next = `Wrote ${out}. What it costs: dropsweep launch --dry-run ${out}\nWhat its rows are: dropsweep data ${out}. It runs as ${name}: dropsweep launch ${out}`;
  sayOutcome(this, format, { file: out, sweep: name, content, text: format === 'table' ? `${content}${next}` : next });
}

interface StarterFlags extends DataFlags {
  readonly data: string;
  /** Where it will stand: files are named from there. */
  readonly out: string;
  readonly hours: number | null;
}

/** A sweep file for the data, which is looked at. */
export async function starterOf(request: StarterFlags): Promise<string> {
  const { data, dev, text, label, base, out, hours } = request;
  const guessed = await lookAtData({
    train: data,
    ...(text === undefined ? {} : { text }),
    ...(label === undefined ? {} : { label }),
  });
  const place = (file: string) => {
    const path = relative(dirname(resolve(out)), resolve(file));
    return path.startsWith('.') ? path : `./${path}`;
  };
  const name = request.name ?? nameOf(data);
  return starterFile({
    ...{ name, base, guessed, hours },
    train: place(data),
    dev: dev === undefined ? null : place(dev),
  });
}

/** A sweep is named after its data: the file, or its folder where the file is called as any other. */
function nameOf(data: string): string {
  const file = basename(data).split('.')[0] ?? '';
  const stem = /^(train|data)/i.test(file) ? basename(dirname(resolve(data))) : file;
  const name = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'my-sweep' : name;
}

async function ask({ process }: CliContext, question: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new DropsweepError('USAGE', 'no data is named', {
      where: '--data',
      expected: 'a file of texts and labels: CSV, TSV, JSON, JSON lines or Parquet',
      fix: 'dropsweep init --data train.csv',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
