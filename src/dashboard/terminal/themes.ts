import { WriteStream } from 'node:tty';
import { DropsweepError } from '../../base/errors.ts';
import type { Tone } from './styled-line.ts';

/** Parameters of SGR (`1;31`) that select each tone on a terminal; empty: the terminal's own. */
export type ToneStyles = Readonly<Record<Tone, string>>;

/** What is meant by a tone, where there are colours at all. */
type ColouredTone = Exclude<Tone, 'plain' | 'loud' | 'heading'>;

/** A palette for one ground. */
export interface Theme {
  /** For terminals of 256 colours and more. */
  readonly colours: Readonly<Record<ColouredTone, `#${string}`>>;
  /** For those of 16, by SGR: what the terminal's owner has made of them. */
  readonly ansi: Readonly<Record<ColouredTone, string>>;
}

/**
 * Palettes by the ground that they are read on. Beginning with Okabe and Ito's, colours were moved until any two of a
 * group (series; what is good, bad, a warning, an accent) can be told apart with each form of colour-blindness, and all
 * of them read on the ground: test/dashboard/themes.test.ts holds them to both.
 */
export const themes: Readonly<Record<'dark' | 'light', Theme>> = {
  dark: {
    colours: {
      faint: '#8E94A0',
      good: '#2BA899',
      bad: '#FF610F',
      warning: '#FFC63A',
      accent: '#52D3FF',
      series1: '#E4B028',
      series2: '#28C3FB',
      series3: '#4E9359',
      series4: '#F2490E',
      series5: '#3F95FF',
      series6: '#D175A4',
    },
    ansi: {
      faint: '2',
      good: '32',
      bad: '31',
      warning: '33',
      accent: '36',
      series1: '33',
      series2: '96',
      series3: '32',
      series4: '91',
      series5: '94',
      series6: '95',
    },
  },
  light: {
    colours: {
      faint: '#5C6370',
      good: '#255C57',
      bad: '#9D2200',
      warning: '#A16C00',
      accent: '#1C70B6',
      series1: '#967100',
      series2: '#0077C6',
      series3: '#0F594F',
      series4: '#A30800',
      series5: '#140F6C',
      series6: '#CC1F92',
    },
    // Yellow and the bright ones do not read on a light ground.
    ansi: {
      faint: '2',
      good: '32',
      bad: '31',
      warning: '35',
      accent: '34',
      series1: '36',
      series2: '34',
      series3: '32',
      series4: '31',
      series5: '30',
      series6: '35',
    },
  },
};

/** Drawn in bold too, as far as there is colour or not: nothing is meant by colour alone. */
const bold: readonly Tone[] = ['bad', 'warning'];

const colourless: ToneStyles = {
  ...{ plain: '', faint: '', good: '', bad: '1', warning: '1', accent: '', loud: '1;7', heading: '1' },
  ...{ series1: '', series2: '', series3: '', series4: '', series5: '', series6: '' },
};

/** @param colourBits as `tty.WriteStream.getColorDepth` counts them: 1, 4, 8 or 24 */
export function toneStyles({ colours, ansi }: Theme, colourBits: number): ToneStyles {
  if (colourBits < 4) return colourless;
  const of = (tone: ColouredTone): string => {
    const colour =
      colourBits < 8 || (tone === 'faint' && colourBits < 24) ? ansi[tone] : foreground(colours[tone], colourBits);
    return bold.includes(tone) ? `1;${colour}` : colour;
  };
  return {
    ...{ plain: '', loud: colourless.loud, heading: colourless.heading },
    ...{ faint: of('faint'), good: of('good'), bad: of('bad'), warning: of('warning'), accent: of('accent') },
    ...{ series1: of('series1'), series2: of('series2'), series3: of('series3') },
    ...{ series4: of('series4'), series5: of('series5'), series6: of('series6') },
  };
}

function foreground(colour: string, colourBits: number): string {
  const parts = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16));
  return colourBits < 24 ? `38;5;${nearestOf256(parts)}` : `38;2;${parts.join(';')}`;
}

/** Of the cube of 216 that begins at 16. */
function nearestOf256(parts: readonly number[]): number {
  const levels = [0, 95, 135, 175, 215, 255];
  const nearest = parts.map((part) => {
    const distances = levels.map((level) => Math.abs(level - part));
    return distances.indexOf(Math.min(...distances));
  });
  return 16 + nearest.reduce((place, level) => 6 * place + level, 0);
}

/**
 * The theme that DROPSWEEP_THEME names; else (`auto`) by the ground that the terminal names in COLORFGBG, which is dark
 * where it names none.
 * @throws USAGE
 */
export function themeOf(environment: NodeJS.ProcessEnv): Theme {
  const asked = environment['DROPSWEEP_THEME'] ?? 'auto';
  if (asked === 'dark' || asked === 'light') return themes[asked];
  if (asked !== 'auto') {
    throw new DropsweepError('USAGE', 'no such theme', {
      where: 'DROPSWEEP_THEME',
      got: asked,
      expected: 'auto, dark or light',
    });
  }
  // As rxvt, Konsole and others write it: foreground;background, at times with a word between.
  const ground = /;(\d+)$/.exec(environment['COLORFGBG'] ?? '')?.[1];
  return ground === '7' || ground === '15' ? themes.light : themes.dark;
}

/** Bits of colour that a terminal of this environment can show, where nothing else is known of it: 1, 4, 8 or 24. */
export function colourBitsOf({ NO_COLOR: none, ...environment }: NodeJS.ProcessEnv): number {
  return none === undefined || none === '' ? WriteStream.prototype.getColorDepth(environment) : 1;
}
