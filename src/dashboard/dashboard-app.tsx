import { useInput, useStdin } from 'ink';
import type { ReactNode } from 'react';
import { DashboardFrame, type DashboardFrameProps } from './dashboard-frame.tsx';
import type { PressedKey } from './key-bindings.ts';

export interface DashboardAppProps extends DashboardFrameProps {
  readonly onKey: (input: string, key: PressedKey) => void;
}

/** A frame that listens to the keyboard, where there is one. */
export function DashboardApp({ onKey, ...frame }: DashboardAppProps): ReactNode {
  const { isRawModeSupported } = useStdin();
  useInput(onKey, { isActive: isRawModeSupported });
  return <DashboardFrame {...frame} />;
}
