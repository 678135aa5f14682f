import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const distFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The prebuilt bundle that control workers load. */
export const workflowBundlePath = join(distFolder, 'workflow-bundle.js');
const stampPath = `${workflowBundlePath}.inputs`;

/** SHA-256 over every file that can reach the bundle, and the SDK's version. */
function inputsHash(): string {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(sdk.version);
  for (const folder of ['workflows', 'src/messages', 'src/base']) {
    for (const name of readdirSync(join(distFolder, folder)).sort()) {
      if (name.endsWith('.js')) hash.update(name).update(readFileSync(join(distFolder, folder, name)));
    }
  }
  return hash.digest('hex');
}

/** Bundles the compiled workflows; does nothing when no input has changed since the last time. */
export async function buildWorkflowBundle(): Promise<void> {
  const hash = inputsHash();
  if (existsSync(workflowBundlePath) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === hash) return;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(distFolder, 'workflows', 'index.js'),
    logger: { ...quiet, warn: console.warn, error: console.error },
  });
  writeFileSync(workflowBundlePath, code);
  writeFileSync(stampPath, hash);
}

const ignore = () => undefined;
const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore };

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWorkflowBundle();
