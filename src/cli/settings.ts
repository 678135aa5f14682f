/** An environment variable that steers the product, or several of one meaning. */
export interface Setting {
  readonly names: readonly string[];
  /** As Markdown, for the README. */
  readonly meaning: string;
  /** Its value where none is set; absent: none. */
  readonly fallback?: string;
  /** A verb's flag of the same meaning, which goes before it; absent: there is none. */
  readonly flag?: string;
  /** A field of sweep files that a sweep asks for the same with; absent: there is none. */
  readonly file?: string;
}

/** Every environment variable that is read, once: the README's table and `dropsweep config` come from this. */
export const settings: readonly Setting[] = [
  { names: ['DATABASE_URL'], meaning: 'your PostgreSQL; absent: the embedded one' },
  { names: ['TEMPORAL_ADDRESS'], meaning: 'your Temporal server, host:port; absent: the embedded one' },
  { names: ['TEMPORAL_NAMESPACE'], meaning: 'default `default`', fallback: 'default' },
  {
    names: ['TEMPORAL_TLS'],
    meaning: '`true` to use TLS (the default with an API key)',
    fallback: 'true with an API key',
  },
  { names: ['TEMPORAL_API_KEY'], meaning: 'for servers that ask for one' },
  {
    names: ['DROPSWEEP_DATA'],
    meaning: 'data directory: database, checkpoints, logs; default `~/.local/share/dropsweep`',
    fallback: '~/.local/share/dropsweep',
  },
  {
    names: ['DROPSWEEP_SLOTS'],
    meaning:
      'trainings at once on this machine; default: the cores, as far as 4 GiB for each reach, and 1 in `dropsweep worker`',
    fallback: 'cores; 1 in dropsweep worker',
    flag: 'worker --slots',
  },
  {
    names: ['DROPSWEEP_DEVICE'],
    meaning:
      "what slots compute on: `cpu` (default), `cuda`, `webgpu`, or `auto`, the best that opens; also `dropsweep worker --device`. A sweep file's `device:` asks for workers of one",
    fallback: 'cpu',
    flag: 'worker --device',
    file: 'device',
  },
  {
    names: ['DROPSWEEP_CUDA_LIBRARIES'],
    meaning: "folder of onnxruntime's CUDA library, which npm does not bring; `dropsweep doctor` says more",
  },
  {
    names: ['DROPSWEEP_PACKING'],
    meaning: '`off`: trainings never step together; default: where it was measured to pay',
    fallback: 'where it was measured to pay',
  },
  {
    names: ['DROPSWEEP_THREADS'],
    meaning: 'threads of one slot; default: the cores divided by the slots. Part of the numerics class',
    fallback: 'cores / slots',
  },
  { names: ['DROPSWEEP_CHECKPOINT_SECONDS'], meaning: 'seconds between checkpoints; default 60', fallback: '60' },
  {
    names: ['HF_ENDPOINT', 'HF_TOKEN', 'HF_HUB_OFFLINE', 'HF_HOME', 'HF_HUB_CACHE'],
    meaning:
      "another hub, access to it, or none; where models lie that Hugging Face's tools fetched: as these read them",
  },
  {
    names: ['XDG_CACHE_HOME'],
    meaning: 'where base models and binaries are cached; default `~/.cache`',
    fallback: '~/.cache',
  },
  { names: ['NO_COLOR'], meaning: 'the dashboard without colour' },
  {
    names: ['DROPSWEEP_THEME'],
    meaning:
      "the dashboard's colours: `dark` or `light`; default `auto`, by the ground in `COLORFGBG`, dark where there is none",
    fallback: 'auto',
  },
  {
    names: ['DROPSWEEP_MOUSE'],
    meaning:
      '`on`: the dashboard takes the mouse, as with `watch --mouse`; the terminal selects text with shift held then',
    flag: 'watch --mouse',
  },
  {
    names: ['DROPSWEEP_GLYPHS'],
    meaning:
      "the dashboard's signs: `unicode`; `narrow`, for terminals that draw λ or lines two columns wide; `ascii`; default `auto`: ASCII under `LC_ALL=C`, narrow under a Chinese, Japanese or Korean locale",
    fallback: 'auto',
  },
];
