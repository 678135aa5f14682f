import { conditionKinds } from '../../../notices/conditions.ts';
import { verb } from '../../verb.ts';
import { integer, text } from '../../output/verb-output.ts';
import { formatFlag, parseCount, parseText, sweepNameParameter } from '../../verb-parameters.ts';
import type { NotifyFlags } from './notify.ts';

const conditions = conditionKinds.map(({ form, brief }) => `  ${form.padEnd(14)}${brief}`);

const columns = [
  integer('notice', 'its number'),
  text('on', 'conditions, with commas between them'),
  text('kind', 'webhook or command'),
  text('target', 'without what may be secret'),
  text('host', 'that alone may deliver', { orNull: true }),
  integer('delivered', 'deliveries that arrived'),
  integer('pending', 'that wait'),
  integer('failed', 'that were given up'),
  text('problem', 'why the last attempt that failed did', { orNull: true }),
];

export const notifyVerb = verb<NotifyFlags, [string]>(
  {
    name: 'notify',
    words: 'SWEEP',
    brief: 'tells a webhook or a command of its end, of failures, of a new best; without one, lists what is set',
    about: `Has a sweep tell a webhook or a shell command something by itself, lists what is set and how that went, or takes
it away. Conditions, with commas between them:
${conditions.join('\n')}
A webhook is sent the notice as JSON (docs/notice.schema.json) by POST. A command is given it on its standard input and in
DROPSWEEP_NOTICE_TEXT, _SWEEP, _CONDITION and _ID; it runs in this folder, by this host's control worker alone. Each
condition is told once; an attempt that nobody knows the end of is made again, with the same id. After 6 attempts it is
given up. dropsweep logs shows each.`,
    examples: [
      'dropsweep notify my-sweep --webhook https://example.org/hook --on end,failures>0.1',
      `dropsweep notify my-sweep --command 'mail -s "$DROPSWEEP_NOTICE_TEXT" me < /dev/null' --on end,best`,
      'dropsweep notify my-sweep',
      'dropsweep notify my-sweep --remove 1',
    ],
    output: { kind: 'rows', columns, facts: [text('sweep', 'its name')] },
  },
  {
    flags: {
      webhook: { kind: 'parsed', parse: parseText, optional: true, placeholder: 'URL', brief: 'where to post to' },
      command: { kind: 'parsed', parse: parseText, optional: true, brief: 'what to run, by sh' },
      on: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        placeholder: 'conditions',
        brief: 'when, with --webhook or --command (default: end)',
      },
      remove: { kind: 'parsed', parse: parseCount, optional: true, placeholder: 'notice', brief: 'take it away' },
      format: formatFlag,
    },
    positional: { kind: 'tuple', parameters: [sweepNameParameter] },
  },
  async () => (await import('./notify.ts')).notify,
);
