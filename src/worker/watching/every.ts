/**
 * Runs a job again and again, `ms` after its last end, until the signal; a failure is told and does not end it.
 * Resolves once the last run has ended.
 */
export async function every(
  ms: number,
  signal: AbortSignal,
  job: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await job().catch(failed);
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const over = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      signal.addEventListener('abort', over);
    });
  }
}
