/**
 * Every error a user can meet, once. docs/errors.md is written from this table (`npm run docs:errors`) and a test
 * holds the two equal. Codes are stable: scripts match on them.
 */
export const errorCodes = {
  SWEEP_FILE_INVALID: 'The sweep file does not describe a sweep. Each problem is listed with its line and column.',
  SWEEP_NAME_TAKEN: 'A sweep of this name exists with another content. Resume with --extend, --fork, or rename it.',
  MODEL_NOT_FOUND: 'The base model is neither a folder, nor in the cache, nor reachable at the hub or the mirror.',
  MODEL_UNSUPPORTED: 'The model has an architecture, activation or option that the engine does not build.',
  WEIGHTS_INVALID: 'A safetensors file is truncated, has a bad header, or a tensor contradicts config.json.',
  DATA_INVALID:
    'A data file is missing, malformed, lacks a column, or holds a row without text or with an unknown label.',
  CHECKPOINT_INVALID: 'A checkpoint file is missing, truncated or does not match its recorded SHA-256.',
  DISK_FULL: 'There is no room left on the disk that holds checkpoints or the database.',
  OPERATOR_UNSUPPORTED: 'The graph holds an operator, or a use of one, that has no rule.',
  SERVICE_UNAVAILABLE: 'PostgreSQL, Temporal or the local supervisor did not come up or cannot be reached.',
  TEMPORAL_BINARY_MISSING: 'No Temporal server binary was found and none could be fetched or built.',
  SUPERVISOR_BUSY: 'Another supervisor already owns this data directory.',
  LEASE_LOST: 'Another attempt owns the segment now: this one was fenced out and wrote nothing.',
  SWEEP_NOT_FOUND: 'No sweep, training or trial of that name or number exists in this database.',
  USAGE: 'The command line is off: an unknown verb, flag or value.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;
