import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add } from '../../src/onnx/operators.ts';
import { serialiseModel } from '../../src/onnx/serialise-model.ts';
import { emptyHome, runCli } from '../cli/run-cli.ts';

const built = path.resolve(import.meta.dirname, '../../dist/src/runtime/open-session.js');

it('leaves nothing in the home folder, as onnxruntime does that sends what it runs', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'dropsweep-home-'));
  const graph = path.join(tmpdir(), `${path.basename(home)}.onnx`);
  const b = new GraphBuilder();
  const x = b.input('x', 'float', [1]);
  writeFileSync(graph, serialiseModel(b.build('sum', [add(b, x, x)])));
  const script = `
    const { InferenceSession } = await import(${JSON.stringify(built)});
    const session = await InferenceSession.create(${JSON.stringify(graph)});
    await session.release();
    console.log('opened');`;
  try {
    // Without CI in its environment, where onnxruntime would be silent by itself.
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env['PATH'], HOME: home },
      encoding: 'utf8',
    });
    expect(said).toBe('opened\n');
    expect(readdirSync(home)).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
    rmSync(graph);
  }
});

it('leaves nothing there either where the doctor tries devices in processes of their own', async () => {
  const home = emptyHome();
  expect((await runCli(home, ['doctor'])).stdout).toMatch(/device cpu +ok/);
  expect(readdirSync(home)).toEqual([]);
});
