import { formatCount } from '../../base/format-count.ts';
import { stream } from '../../random/stream.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import { dataInvalid, type RawDataset, type RawRow } from '../raw-row.ts';
import { type Mail, readSpamAssassin, spamAssassinLabels, spamAssassinPackage } from './read-spam-assassin.ts';

/**
 * Draws dev, test and train rows, in this order, from one permutation of the mails, so that splits never overlap and
 * another number of train rows leaves dev and test alone. Mails of equal text (many were sent twice) count once.
 * @throws DropsweepError DATA_INVALID when more rows are asked for than there are
 */
export function splitSpamAssassin(definition: TaskDefinition): RawDataset {
  const mails = distinct(readSpamAssassin());
  const counts = [definition.dev_rows ?? 0, definition.test_rows ?? 0, definition.train_rows ?? 0] as const;
  const [devRows, testRows, trainRows] = counts;
  const wanted = devRows + testRows + trainRows;
  if (wanted > mails.length) {
    throw dataInvalid(spamAssassinPackage, 'more rows are asked for than there are', {
      got: `${formatCount(wanted, 'row')} in train_rows, dev_rows and test_rows`,
      expected: `at most ${formatCount(mails.length, 'row')}`,
      fix: 'lower task.train_rows or task.dev_rows',
    });
  }
  const order = stream(definition.split_seed, 'split', 'spam-assassin').permutation(mails.length);
  const shuffled = Array.from(order, (index) => mails[index]).flatMap((mail): readonly RawRow[] =>
    mail === undefined ? [] : [{ cells: { text: mail.text, label: mail.label }, where: mail.where }],
  );
  const testEnd = devRows + testRows;
  return {
    dev: shuffled.slice(0, devRows),
    test: testRows === 0 ? null : shuffled.slice(devRows, testEnd),
    train: shuffled.slice(testEnd, wanted),
    labels: spamAssassinLabels,
  };
}

/** The first of each text; two mails of one text and different labels both stay out. */
function distinct(mails: readonly Mail[]): Mail[] {
  const byText = new Map<string, Mail[]>();
  for (const mail of mails) {
    const key = mail.text.toLowerCase();
    byText.set(key, [...(byText.get(key) ?? []), mail]);
  }
  return [...byText.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined || same.some((mail) => mail.label !== first.label) ? [] : [first];
  });
}
