import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { resolveModel } from '../../src/hub/resolve-model.ts';
import { median, processor, round } from '../figures.ts';

/*
 * Our training step against PEFT's, interleaved: each side is a process of its own, and one step of each is timed in
 * turn. `npm run bench:peers -- --python PYTHON [--model minilm|bert-base|roberta-base|deberta-v3-base|
 * gpt2] [--tokens 64] [--rows 32] [--threads 2] [--rounds 12]`. Prints a table and keeps it in bench/results.
 */
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    model: { type: 'string', default: 'minilm' },
    rows: { type: 'string', default: '32' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '12' },
    sides: { type: 'string', default: 'own-1,own-2,own-4,own-int8-1,own-int8_all-1,peft-fp32,peft-users,peft-bf16' },
  },
});
const root = path.resolve(import.meta.dirname, '..', '..', '..');
const peftProgram = path.join(root, 'bench', 'peers', 'peft_step.py');

interface Side {
  readonly name: string;
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly times: number[];
  peakMib: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-peers-'));
await placeModel();
const sides: Side[] = [];
for (const name of options.sides.split(',')) sides.push(await openSide(name));
const warmUps = 2;
for (let round = 0; round < Number(options.rounds) + warmUps; round += 1) {
  for (const side of sides) {
    side.child.stdin?.write('step\n');
    const [wall = Number.NaN, peak = Number.NaN] = (await nextLine(side)).split(' ').map(Number);
    if (round >= warmUps) side.times.push(wall);
    side.peakMib = peak;
  }
}
for (const { child } of sides) child.kill('SIGKILL');
rmSync(folder, { recursive: true });
report();

/** The engine writes its graph beside the weights: into a folder of its own. */
async function placeModel(): Promise<void> {
  if (options.model !== 'minilm') {
    const write = [peftProgram, '--shape', options.model, folder];
    execFileSync(options.python, write, { stdio: ['ignore', 'ignore', 'inherit'] });
    return;
  }
  const base = await resolveModel('sentence-transformers/all-MiniLM-L6-v2');
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(path.join(base.folder, file), path.join(folder, file));
}

async function openSide(name: string): Promise<Side> {
  const [who, ...variants] = name.split('-');
  // own-4: N = 4; own-int8-4: with the base in int8
  const [variant = '', ...more] = variants.toReversed();
  const common = [folder, options.rows, options.tokens, options.threads, variant, ...more];
  const child =
    who === 'own'
      ? spawn(process.execPath, [path.join(import.meta.dirname, 'own-step.js'), ...common])
      : spawn(options.python, [peftProgram, ...common]);
  child.stderr?.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const side: Side = { name, child, lines, times: [], peakMib: 0 };
  if ((await nextLine(side)) !== 'ready') throw new Error(`${name} did not come up`);
  return side;
}

async function nextLine({ name, lines }: Side): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`${name} ended`);
  return value;
}

function report(): void {
  const reference = sides.find((side) => side.name === 'peft-fp32');
  const rows = sides.map(({ name, times, peakMib }) => ({
    side: name,
    min_ms: round(Math.min(...times)),
    median_ms: round(median(times)),
    peak_mib: peakMib,
    ...(reference === undefined
      ? {}
      : {
          of_peft_fp32_min: round(Math.min(...times) / Math.min(...reference.times), 3),
          of_peft_fp32_median: round(median(times) / median(reference.times), 3),
        }),
  }));
  console.table(rows);
  const { model, tokens, threads, rows: batch } = options;
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${processor()}`,
    command: `npm run bench:peers -- ${process.argv.slice(2).join(' ')}`.replace(/--python \S+/, '--python PYTHON'),
    model,
    rows: Number(batch),
    tokens: Number(tokens),
    threads: Number(threads),
    sides: rows,
  };
  const results = path.join(root, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  const file = path.join(results, `peers-${spelled(processor())}-${model}-${tokens}-${threads}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(path.relative(root, file));
}

/** For a file's name. */
function spelled(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('(r)', '')
    .replaceAll(/family |model /g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
