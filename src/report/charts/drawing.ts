/**
 * A figure as shapes on a sheet, the same for every format: x goes right and y down, in pixels of a screen, or in points on
 * paper times 4/3. What lies on top comes last.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Its text alternative. */
  readonly title: string;
  readonly description: string;
  readonly shapes: readonly Shape[];
}

export type Shape = PathShape | TextShape;

/** Without a fill it is a line, without a stroke an area. */
export interface PathShape {
  readonly kind: 'path';
  /** In SVG's syntax. */
  readonly d: string;
  /** Where its origin lies; absent: at the sheet's. */
  readonly at?: Place;
  readonly fill?: string;
  /** From 0 to 1; absent: nothing beneath is seen. */
  readonly fillOpacity?: number;
  readonly stroke?: Stroke;
  /** For people who point at it. */
  readonly tip?: string;
}

export interface Stroke {
  readonly colour: string;
  readonly width: number;
  /** Lengths of dashes and gaps with blanks between them; absent: a line without gaps. */
  readonly dashes?: string;
}

/** One line of text; its baseline goes through `at`. */
export interface TextShape {
  readonly kind: 'text';
  readonly text: string;
  readonly at: Place;
  /** Which part of it stands at `at`. */
  readonly anchor: 'start' | 'middle' | 'end';
  readonly size: number;
  readonly colour: string;
  readonly bold?: true;
  /** Degrees clockwise, around `at`. */
  readonly turned?: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}
