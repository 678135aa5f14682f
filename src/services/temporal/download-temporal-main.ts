import { escapeControls } from '../../base/escape-controls.ts';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * The Temporal SDK's own downloader, in a process of its own: it has no limit on time and starts the server once.
 * Arguments: version (`v1.5.1`), folder. Exit status 1 with the reason on stderr.
 */
const [version = '', downloadDir = ''] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', version, downloadDir } },
  });
  await environment.teardown();
} catch (error) {
  process.stderr.write(escapeControls(`${error instanceof Error ? error.message : String(error)}\n`));
  process.exitCode = 1;
}
// Native connections may keep the loop alive.
process.exit();
