import { parseDocument } from 'yaml';
import { z } from 'zod';

/** A part of a data set with splits of its own. */
export interface DatasetConfig {
  /** Null: the data set has no parts. */
  readonly name: string | null;
  /** Those that are known. */
  readonly splits: readonly string[];
}

/** One that a data set's README names. */
export interface PublishedConfig extends DatasetConfig {
  /** Meant where none is named. */
  readonly isUsual: boolean;
  readonly filesOf: (split: string) => readonly string[];
}

const name = z.union([z.string(), z.number()]).transform(String);
const paths = z.union([z.string().transform((path) => [path]), z.array(z.string())]);
const dataFiles = z.union([
  paths.transform((path) => [{ split: 'train', path }]),
  z.array(z.object({ split: name, path: paths })),
  z.record(z.string(), paths).transform((of) => Object.entries(of).map(([split, path]) => ({ split, path }))),
]);
type FrontMatter = z.infer<typeof frontMatter>;
const frontMatter = z.object({
  configs: z
    .array(
      z.object({
        config_name: name.default('default'),
        default: z.boolean().default(false),
        data_dir: z.string().default(''),
        data_files: dataFiles.optional(),
      }),
    )
    .min(1),
});

/**
 * The configs that the front matter of a data set's README names with their files, as Hugging Face's datasets read it;
 * null: none.
 * @param files of the data set
 */
export function publishedConfigs(readme: string, files: readonly string[]): readonly PublishedConfig[] | null {
  const [, written] = /^\s*---\r?\n([^]*?)\r?\n---/.exec(readme) ?? [];
  const document = written === undefined ? null : parseDocument(written);
  if (document === null || document.errors.length > 0) return null;
  const { data } = frontMatter.safeParse(document.toJS());
  if (data === undefined) return null;
  const configs = data.configs.filter(
    ({ data_dir: folder, data_files: listed }) => folder !== '' || listed !== undefined,
  );
  if (configs.length === 0) return null;
  return configs.map((config) => ({
    name: config.config_name,
    isUsual: config.default || config.config_name === 'default' || data.configs.length === 1,
    ...splitsOf(config, files),
  }));
}

/** Without files of its own a config has those of its folder, by what they are called. */
function splitsOf(
  { data_dir: folder, data_files: listed }: FrontMatter['configs'][number],
  files: readonly string[],
): Pick<PublishedConfig, 'splits' | 'filesOf'> {
  const start = folder === '' ? '' : `${plainPath(folder).replace(/\/+$/, '')}/`;
  const within = files.filter((file) => file.startsWith(start)).map((file) => file.slice(start.length));
  const filesOf = (split: string): readonly string[] => {
    if (listed === undefined) return filesByName(within, undefined, split);
    const patterns = listed.flatMap((part) => (part.split === split ? part.path : [])).map(patternOf);
    return within.filter((file) => patterns.some((pattern) => pattern.test(file)));
  };
  const named =
    listed?.map(({ split }) => split) ?? configsByName(within).find(({ name: own }) => own === null)?.splits ?? [];
  return {
    splits: [...new Set(named)].filter((split) => filesOf(split).length > 0),
    filesOf: (split) => filesOf(split).map((file) => `${start}${file}`),
  };
}

function plainPath(path: string): string {
  return path.replace(/^(\.\/)+/, '');
}

/** A pattern of paths: * and ? stand within a name, ** over folders. */
function patternOf(glob: string): RegExp {
  const source = plainPath(glob).replaceAll(/\*\*\/|\*\*|[*?]|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*' || part === '?') return part === '*' ? '[^/]*' : '[^/]';
    return part.replaceAll(/[\\^$.+()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

/** Folders of a data set that has no configs. */
const plainFolders = ['', 'data', 'default', 'plain_text'];

/**
 * Files of a split by how they are called: `CONFIG/SPLIT-00000-of-00002.parquet`, `data/SPLIT.jsonl`,
 * `CONFIG/SPLIT/0000.parquet`, `SPLIT.csv.gz`.
 */
export function filesByName(files: readonly string[], config: string | undefined, split: string): readonly string[] {
  return files.filter((file) => {
    const folders = file.split('/');
    const last = folders.pop() ?? '';
    const inFolder = folders.at(-1) === split;
    if (inFolder) folders.pop();
    const isSplit = inFolder || [`${split}.`, `${split}-`].some((start) => last.startsWith(start));
    return isSplit && (config === undefined ? plainFolders.includes(folders.join('/')) : folders.at(-1) === config);
  });
}

/** The configs and splits that files are called by, likewise. */
export function configsByName(files: readonly string[]): readonly DatasetConfig[] {
  const configs = new Map<string | null, Set<string>>();
  for (const file of files) {
    const folders = file.split('/');
    const last = folders.pop() ?? '';
    const inFolder = /^\d+\./.test(last) ? folders.pop() : undefined;
    const config = plainFolders.includes(folders.join('/')) ? null : (folders.at(-1) ?? null);
    configs.set(config, (configs.get(config) ?? new Set()).add(inFolder ?? last.split(/[.-]/)[0] ?? ''));
  }
  return [...configs].map(([config, splits]) => ({ name: config, splits: [...splits] }));
}
