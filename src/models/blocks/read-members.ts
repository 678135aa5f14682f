import type { z } from 'zod';
import { DropsweepError } from '../../base/errors.ts';

/**
 * The members of config.json that a family's graph depends on.
 * @param expected what the family supports, in words
 * @throws MODEL_UNSUPPORTED naming each option that the engine does not build: never a silently different model
 */
export function readMembers<Schema extends z.ZodType>(
  schema: Schema,
  config: unknown,
  file: string,
  expected: string,
): z.infer<Schema> {
  const result = schema.safeParse(config, { reportInput: true });
  if (result.success) return result.data;
  const { issues } = result.error;
  const problems = issues.map((issue) => {
    const value = issue.input === undefined ? '' : ` ${JSON.stringify(issue.input)}`;
    return `${issue.path.join('.')}${value}: ${issue.message}`;
  });
  // What the members at fault may be, where that is a few values; else what the family supports, in words.
  const allowed = issues.flatMap((issue) =>
    issue.code === 'invalid_value' ? [`${issue.path.join('.')} ${issue.values.map(String).join(', ')}`] : [],
  );
  throw unsupportedConfiguration(
    file,
    problems.join('; '),
    allowed.length === issues.length ? allowed.join('; ') : expected,
  );
}

export function unsupportedConfiguration(file: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'config.json asks for something that the engine does not build', {
    where: file,
    got,
    expected,
    fix: 'choose another base model',
  });
}
