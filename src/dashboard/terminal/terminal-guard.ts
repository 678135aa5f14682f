import { spawn } from 'node:child_process';

/** Waits for a word on its input. Where that ends without one, whoever held the terminal died: it is given back. */
const script = `trap '' INT QUIT TSTP
read -r word
[ "$word" = done ] || { printf '\\033[?2026l\\033[?1006l\\033[?1000l\\033[?2004l\\033[?25h\\033[?1049l' >&3; stty sane <&3 2>/dev/null; }`;

/**
 * Watches over a terminal from a small process of its own: kill -9 and an abort for want of memory leave no time to give
 * it back. @returns to be called when the terminal was given back in order
 */
export function guardTerminal(terminal: number): () => void {
  const guard = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore', terminal] });
  // Without a shell there is no guard; the dashboard works all the same.
  guard.on('error', () => guard.stdin?.destroy());
  guard.stdin?.on('error', () => guard.stdin?.destroy());
  guard.unref();
  return () => void guard.stdin?.end('done\n');
}
