import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyHome, runCli } from './run-cli.ts';

/** A sweep file that names a recipe, overrides a field of it, and asks for a device. */
const home = emptyHome();
const file = join(home, 'sweep.yaml');
writeFileSync(
  file,
  `name: mine
recipe: lora/rte
base: some/model
device: webgpu
space:
  p: [0, 0.5]
training:
  epochs: 2
  adam_epsilon: 1.0e-6
`,
);

type Row = Readonly<Record<string, unknown>>;

async function configured(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const run = await runCli(home, ['config', '--format', 'json', ...words], { environment });
  expect([run.status, run.stderr]).toEqual([0, '']);
  const { rows } = JSON.parse(run.stdout) as { readonly rows: readonly Row[] };
  return (setting: string) => rows.find((row) => row['setting'] === setting);
}

describe('config', () => {
  it('puts a flag before the environment, and that before the default', async () => {
    const environment = { DROPSWEEP_SLOTS: '3', DROPSWEEP_DEVICE: 'cuda' };
    const row = await configured(['--device', 'webgpu', '--no-mouse'], environment);
    expect(row('DROPSWEEP_DEVICE')).toMatchObject({ value: 'webgpu', source: 'flag' });
    expect(row('DROPSWEEP_MOUSE')).toMatchObject({ value: 'off', source: 'flag' });
    expect(row('DROPSWEEP_SLOTS')).toMatchObject({ value: '3', source: 'environment' });
    expect(row('DROPSWEEP_CHECKPOINT_SECONDS')).toMatchObject({ value: '60', source: 'default' });
    expect(row('training.epochs')).toBeUndefined();
  });

  it('tells of each setting of a sweep file whether the file, its recipe or the default says it', async () => {
    const row = await configured(['--file', file]);
    expect(row('device')).toMatchObject({ value: 'webgpu', source: 'file', file: 'device' });
    expect(row('space.dropout_rate')).toMatchObject({ value: [0, 0.5], source: 'file' });
    expect(row('training.epochs')).toMatchObject({ value: 2, source: 'file' });
    expect(row('training.adam_epsilon')).toMatchObject({ value: 1e-6, source: 'file' });
    expect(row('training.warmup_steps')).toMatchObject({ value: 200, source: 'recipe' });
    expect(row('training.warmup_fraction')).toBeUndefined();
    expect(row('parallelism')).toMatchObject({ source: 'default' });
    expect(row('training.adam_beta1')).toMatchObject({ value: 0.9, source: 'default' });
  });

  it('says that a sweep would wait for other workers than these flags begin', async () => {
    const told = async (...words: string[]) => (await runCli(home, ['config', '--file', file, ...words])).stdout;
    expect(await told('--device', 'cpu')).toContain('asks for workers of webgpu, and these would be of cpu');
    expect(await told('--device', 'webgpu')).not.toContain('asks for workers');
  });

  it('refuses a sweep file that is none, in one error', async () => {
    writeFileSync(join(home, 'wrong.yaml'), 'name: mine\nbase: some/model\ndevice: gpu\n');
    const run = await runCli(home, ['config', '--file', join(home, 'wrong.yaml')]);
    expect([run.status, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain('SWEEP_FILE_INVALID');
  });
});
