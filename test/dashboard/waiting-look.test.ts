import { describe, expect, it } from 'vitest';
import { Notices } from '../../src/dashboard/notices.ts';
import { WaitingLook } from '../../src/dashboard/reading/waiting-look.ts';
import { now, situations } from './sweep-fixture.ts';

describe('what a sweep waits for', () => {
  const asking = (answers: readonly (string | null | Error)[]) => {
    const said: string[] = [];
    const notices = new Notices(
      () => now,
      () => said.push(notices.banner?.text ?? ''),
    );
    let asked = 0;
    const look = new WaitingLook(async () => {
      const answer = answers[asked] ?? null;
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    }, notices);
    return { look, notices, said };
  };

  it('is drawn where it changes', async () => {
    const { look, notices } = asking([null, 'no worker is up', 'no worker is up', null]);
    const changed: boolean[] = [];
    for (let time = 0; time < 4; time += 1) changed.push(await look.look(situations.running()));
    expect(changed).toEqual([false, true, false, true]);
    expect(notices.waiting).toBeNull();
  });

  it('is told once where it cannot be asked, and asked again: no rejection is left to the process', async () => {
    const gone = new Error('the socket hung up');
    const { look, notices, said } = asking([gone, gone, 'no worker is up', gone]);
    for (let time = 0; time < 2; time += 1) expect(await look.look(situations.running())).toBe(false);
    expect(said).toEqual(['could not ask what it waits for: the socket hung up']);
    expect(await look.look(situations.running())).toBe(true);
    expect(await look.look(situations.running())).toBe(false);
    expect(said).toHaveLength(2);
    expect(notices.waiting).toBe('no worker is up');
  });
});
