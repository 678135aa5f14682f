import { startVerb } from './verbs/start/start-verb.ts';
import { launchVerb } from './verbs/launch/launch-verb.ts';
import { initVerb } from './verbs/init/init-verb.ts';
import { autoVerb } from './verbs/auto/auto-verb.ts';
import { dataVerb } from './verbs/data/data-verb.ts';
import { watchVerb } from './verbs/watch/watch-verb.ts';
import { lsVerb } from './verbs/ls/ls-verb.ts';
import { showVerb } from './verbs/show/show-verb.ts';
import { bestVerb } from './verbs/best/best-verb.ts';
import { paretoVerb } from './verbs/pareto/pareto-verb.ts';
import { compareVerb } from './verbs/compare/compare-verb.ts';
import { reportVerb } from './verbs/report/report-verb.ts';
import { explainVerb } from './verbs/explain/explain-verb.ts';
import { replayVerb } from './verbs/replay/replay-verb.ts';
import { logsVerb } from './verbs/logs/logs-verb.ts';
import { notifyVerb } from './verbs/notify/notify-verb.ts';
import { waitVerb } from './verbs/wait/wait-verb.ts';
import { exportVerb } from './verbs/export/export-verb.ts';
import { predictVerb } from './verbs/predict/predict-verb.ts';
import { mergeVerb } from './verbs/merge/merge-verb.ts';
import { generateVerb } from './verbs/generate/generate-verb.ts';
import { pauseVerb } from './verbs/pause/pause-verb.ts';
import { drainVerb } from './verbs/drain/drain-verb.ts';
import { resumeVerb } from './verbs/resume/resume-verb.ts';
import { retryVerb } from './verbs/retry/retry-verb.ts';
import { setVerb } from './verbs/set/set-verb.ts';
import { cancelVerb } from './verbs/cancel/cancel-verb.ts';
import { upVerb } from './verbs/up/up-verb.ts';
import { downVerb } from './verbs/down/down-verb.ts';
import { workerVerb } from './verbs/worker/worker-verb.ts';
import { askVerb } from './verbs/ask/ask-verb.ts';
import { tellVerb } from './verbs/tell/tell-verb.ts';
import { scoreVerb } from './verbs/score/score-verb.ts';
import { gcVerb } from './verbs/gc/gc-verb.ts';
import { pinVerb } from './verbs/pin/pin-verb.ts';
import { tagVerb } from './verbs/tag/tag-verb.ts';
import { noteVerb } from './verbs/note/note-verb.ts';
import { doctorVerb } from './verbs/doctor/doctor-verb.ts';
import { configVerb } from './verbs/config/config-verb.ts';
import { migrateVerb } from './verbs/migrate/migrate-verb.ts';
import { completionVerb } from './verbs/completion/completion-verb.ts';
import { helpVerb } from './verbs/help/help-verb.ts';
import type { Verb } from './verb.ts';

/** Every verb, in the order of help and README. Help, completion and the README's table come from this. */
export const verbs: readonly Verb[] = [
  startVerb,
  launchVerb,
  initVerb,
  autoVerb,
  dataVerb,
  watchVerb,
  lsVerb,
  showVerb,
  bestVerb,
  paretoVerb,
  compareVerb,
  reportVerb,
  explainVerb,
  replayVerb,
  logsVerb,
  waitVerb,
  notifyVerb,
  exportVerb,
  predictVerb,
  mergeVerb,
  generateVerb,
  pauseVerb,
  drainVerb,
  resumeVerb,
  retryVerb,
  setVerb,
  cancelVerb,
  upVerb,
  downVerb,
  workerVerb,
  askVerb,
  tellVerb,
  scoreVerb,
  gcVerb,
  pinVerb,
  tagVerb,
  noteVerb,
  doctorVerb,
  configVerb,
  migrateVerb,
  completionVerb,
  helpVerb,
];
