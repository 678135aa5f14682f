/**
 * Every error a user can meet, once. docs/errors.md is written from this table (`npm run docs:errors`) and a test
 * holds the two equal. Codes are stable: scripts match on them.
 */
export const errorCodes = {
  SWEEP_FILE_INVALID: 'The sweep file does not describe a sweep. Each problem is listed with its line and column.',
  SWEEP_NAME_TAKEN: 'A sweep of this name exists with another content. Resume with --extend, --fork, or rename it.',
  COMMAND_REFUSED: 'The sweep does not take this command; the message says why, and what it takes instead.',
  SEARCH_DIFFERS:
    'A recorded decision of a search is not the one that follows from the events before it, or one that follows is missing.',
  MODEL_NOT_FOUND: 'The base model is neither a folder, nor in the cache, nor reachable at the hub or the mirror.',
  MODEL_UNSUPPORTED:
    'The model has an architecture, activation, option or tokenizer that is not built; nothing similar is used instead.',
  WEIGHTS_INVALID:
    'A safetensors file or PyTorch checkpoint is truncated or malformed, holds more than tensors, or contradicts config.json.',
  ONNX_INVALID: 'An ONNX file is truncated, cyclic, too large, or its data lies outside its folder or behind a link.',
  DATA_INVALID:
    'A data file is missing, malformed, lacks a column, or holds a row without text or with an unknown label.',
  CHECKPOINT_INVALID: 'A checkpoint file is missing, truncated or does not match its recorded SHA-256.',
  TRAINER_VERSION_CHANGED:
    'The training was planned with another trainer version, whose results differ. It is not trained by this one.',
  NON_FINITE: 'A loss, gradient or logit became NaN or infinite: the training diverged. Its last checkpoint is kept.',
  OUT_OF_MEMORY: 'The slot had not enough memory for a step or an evaluation. The slot was started anew.',
  DEFECT: 'The program itself is wrong: no file or configuration is to blame. The message is what to report.',
  TRAINER_CRASHED: 'The trainer process died three times in one segment with no cause from outside.',
  SIMULATED_DIVERGENCE: 'The simulated trainer drew a divergence, as its failure_rate asks.',
  PROGRAM_FAILED: 'A sweep’s program ended with a status other than 0. What it wrote last is in the message.',
  PROGRAM_UNMEASURED:
    'A sweep’s program ended without a metric that the sweep file names at the last step that it reported.',
  PROGRAM_PAST_END:
    'A sweep’s program reported a step beyond `steps` of the sweep file, which is 1 where it is not written.',
  PROGRAM_CHANGED: 'A file of a sweep’s command is not the one that the sweep was launched with, or is gone.',
  PROGRAM_TIMEOUT: 'A run of a sweep’s program took longer than timeout_seconds and was ended.',
  LEASE_UNKNOWN: 'No program was ever given a lease of that name by dropsweep ask.',
  LEASE_LOST:
    'A lease holds no training any more: it was told, let go, or taken over by another asker once its time was over.',
  REPORT_INVALID: 'What a program reports cannot be recorded: a value, a step or a metric is off. Nothing was.',
  CANCELLED: 'The last sweep that wanted the training let go of it.',
  DISK_FULL: 'There is no room left on the disk that holds checkpoints or the database.',
  FILE_REFUSED: 'The system refuses a file or folder: rights, a read-only disk, a path that leads nowhere.',
  DEVICE_UNSUITABLE:
    'The device is not there, lacks an operator or a data type that the plan needs, or has too little memory for it.',
  EXPORT_UNFAITHFUL:
    'What would load the export would compute something else than was measured here: nothing is written.',
  OPERATOR_UNSUPPORTED: 'The graph holds an operator, or a use of one, that has no rule.',
  SERVICE_UNAVAILABLE: 'PostgreSQL, Temporal or the local supervisor did not come up or cannot be reached.',
  TEMPORAL_BINARY_MISSING: 'No Temporal server binary was found and none could be fetched or built.',
  SUPERVISOR_BUSY: 'Another supervisor already owns this data directory.',
  SWEEP_NOT_FOUND: 'No sweep, training or trial of that name or number exists in this database.',
  USAGE: 'The command line is off: an unknown verb, flag or value.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;
