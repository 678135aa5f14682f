import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import stringWidth from 'string-width';
import { DashboardFrame, type DashboardFrameProps } from '../../src/dashboard/dashboard-frame.tsx';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed } from '../../src/dashboard/views/views.ts';
import { now } from './sweep-fixture.ts';

type FrameRequest = Pick<DashboardFrameProps, 'snapshot' | 'width' | 'height'> & Partial<DashboardFrameProps>;

/** A frame as text, trailing spaces off. It throws where a line is wider, or the frame higher, than asked for. */
export function drawFrame(request: FrameRequest): string {
  const view = request.view ?? initialViewState;
  const read = viewNamed(view.view).drawn;
  const props = { read, banner: null, prompt: null, now, colour: false, ...request, view };
  // ink-testing-library's terminal is 100 columns wide: wider frames are drawn on a wider one.
  const instance = render(<></>);
  Object.defineProperty(instance.stdout, 'columns', { value: 200 });
  instance.rerender(<DashboardFrame {...props} />);
  const frame = stripVTControlCharacters(instance.lastFrame() ?? '');
  instance.unmount();
  const lines = frame.split('\n').map((line) => line.trimEnd());
  const tooWide = lines.find((line) => stringWidth(line) > request.width);
  if (tooWide !== undefined) throw new Error(`wider than ${request.width}: ${tooWide}`);
  if (lines.length > request.height) throw new Error(`${lines.length} lines, ${request.height} asked for`);
  return lines.join('\n');
}
