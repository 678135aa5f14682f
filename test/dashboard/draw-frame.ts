import stringWidth from 'string-width';
import { dashboardFrame, type DashboardFrameProps } from '../../src/dashboard/dashboard-frame.ts';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed } from '../../src/dashboard/views/views.ts';
import { now } from './sweep-fixture.ts';

type FrameRequest = Pick<DashboardFrameProps, 'snapshot' | 'width' | 'height'> & Partial<DashboardFrameProps>;

/** A frame as text, trailing spaces off. It throws where a line is wider, or the frame higher, than asked for. */
export function drawFrame(request: FrameRequest): string {
  const view = request.view ?? initialViewState;
  const read = viewNamed(view.view).drawn;
  const frame = dashboardFrame({ read, reading: false, banner: null, prompt: null, now, ...request, view });
  const lines = frame.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
  const tooWide = lines.find((line) => stringWidth(line) > request.width);
  if (tooWide !== undefined) throw new Error(`wider than ${request.width}: ${tooWide}`);
  if (lines.length !== request.height) throw new Error(`${lines.length} lines, ${request.height} asked for`);
  return lines.join('\n');
}
