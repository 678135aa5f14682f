import { likelihoodScores } from '../../metrics/perplexity.ts';
import type { TaskSection } from '../../sweep/file/task-section.ts';

const prompts = ['alpaca', 'chat'] as const;

export const section: TaskSection = {
  kind: 'language-modelling',
  form: likelihoodScores.name,
  objectives: ['perplexity'],
  columns: [
    { name: 'instruction', otherwise: 'instruction', unless: 'messages', holds: 'what is asked' },
    { name: 'input', otherwise: 'input', unless: 'messages', optional: true, holds: 'what it is asked about' },
    { name: 'output', otherwise: 'output', unless: 'messages', holds: 'the response' },
    { name: 'messages', optional: true, holds: 'a chat, in place of the others: a list of {role, content}' },
  ],
  sentence: 'The response to an instruction, or an assistant’s turns of a chat, token after token',
  fields: [
    {
      name: 'prompt',
      expected: prompts.join(' or '),
      sentence:
        'How a row is written: alpaca, by Alpaca’s prompt (default for instructions); chat, by the model’s own chat template (always for messages)',
    },
    {
      name: 'pack',
      expected: 'true or false',
      sentence:
        'Whether short train rows stand behind one another in one input of max_length tokens, each with positions of its own and seeing itself alone; batch_size counts inputs then, and masks of each row’s own (mask_sharing: row) are each input’s, which its rows share. Default: false, rows of like length are padded',
    },
  ],
  aggregates: ['probabilities'],
  read(fields) {
    const prompt = fields.choice('prompt', prompts);
    const field = fields.field('pack');
    const pack = field === null ? false : fields.flagOf(field) === true;
    const settings = { ...(prompt === null ? {} : { prompt }), ...(pack ? { pack } : {}) };
    return Object.keys(settings).length === 0 ? {} : { settings };
  },
};
