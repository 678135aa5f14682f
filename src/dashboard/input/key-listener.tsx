import { Writable } from 'node:stream';
import { render, useInput, useStdin } from 'ink';
import type { ReactNode } from 'react';
import type { PressedKey } from './key-bindings.ts';

interface KeyListenerProps {
  readonly onKey: (input: string, key: PressedKey) => void;
}

/** Takes keys where there is a keyboard, and shows nothing. */
function KeyListener({ onKey }: KeyListenerProps): ReactNode {
  const { isRawModeSupported } = useStdin();
  useInput(onKey, { isActive: isRawModeSupported });
  return null;
}

/**
 * Listens to the keyboard by ink, in raw mode, until the function that it returns is called. What ink would draw is
 * nothing: frames are painted by `frame-painter.ts`, since ink takes some forty times as long for one of 160 by 50.
 */
export function listenToKeys(stdin: NodeJS.ReadStream, onKey: KeyListenerProps['onKey']): () => void {
  // In its debug mode ink asks of its stream columns and write alone.
  const nowhere: Writable & { readonly columns?: number } = new Writable({
    write: (_chunk, _encoding, done) => done(),
  });
  const instance = render(<KeyListener onKey={onKey} />, {
    stdout: nowhere as NodeJS.WriteStream,
    stdin,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return () => instance.unmount();
}
