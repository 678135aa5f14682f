import { openRecordUnderTest, type RecordUnderTest } from './record-under-test.ts';
import { expectAllowedTransitions, watchTransitions } from './watch-transitions.ts';

/** A record that fails when it is closed after a state went where none may go. */
export async function openWatchedRecord(): Promise<RecordUnderTest> {
  const record = await openRecordUnderTest();
  await watchTransitions(record.store);
  return {
    ...record,
    close: async () => {
      try {
        await expectAllowedTransitions(record.store);
      } finally {
        await record.close();
      }
    },
  };
}
