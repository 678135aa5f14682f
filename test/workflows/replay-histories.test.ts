import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowVersion } from '../../src/messages/names.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const codePath = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');
const files = readdirSync(folder).filter((file) => file.startsWith(`v${workflowVersion}-`));

Runtime.install({ logger: new DefaultLogger('WARN') });

describe("this version's recorded histories", () => {
  it('are of both workflows, and of runs that completed and that continued as new', () => {
    const ends = ['lane-completed', 'lane-continued-as-new', 'sweep-completed', 'sweep-continued-as-new'];
    expect(files).toEqual(expect.arrayContaining(ends.map((end) => `v${workflowVersion}-${end}.json`)));
  });

  it.each(files)('replay without a difference: %s', async (file) => {
    const history = proto.temporal.api.history.v1.History.fromObject(
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    );
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history);
  });
});
