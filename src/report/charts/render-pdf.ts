import { createRequire } from 'node:module';
import Pdf from 'pdfkit';
import type { Drawing, PathShape, Shape, TextShape } from './drawing.ts';

/** Points of paper in a pixel of a screen. */
const pointsPerPixel = 0.75;
/** Stands for a character that the font has no glyph of. */
const unknownSign = '□';

/** What reproducible builds write where a format wants a date. */
const noDate = new Date(0);

type PdfDocument = InstanceType<typeof Pdf>;

interface PdfFonts {
  readonly regular: FontFile;
  readonly bold: FontFile;
}

/** Of pdfkit's font what is asked here; its types leave it out. */
interface FontFile {
  readonly font: { hasGlyphForCodePoint(codePoint: number): boolean };
}

export interface RenderedPdf {
  readonly content: Uint8Array;
  /** Characters that stand as an empty square, since the font has no glyph of them. */
  readonly missing: ReadonlySet<string>;
}

/**
 * A PDF of one page, as large as the drawing: paths and text, no pixels, with the glyphs that it uses of Arimo (which is as
 * wide as Helvetica and Arial) embedded. The same drawing is the same bytes.
 */
export async function renderPdf(drawing: Drawing): Promise<RenderedPdf> {
  const { width, height, title, description, shapes } = drawing;
  const document = new Pdf({
    size: [pointsPerPixel * width, pointsPerPixel * height],
    margin: 0,
    pdfVersion: '1.5',
    tagged: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: title, Subject: description, Creator: 'dropsweep', CreationDate: noDate },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  const fonts = embedFonts(document);
  const missing = new Set<string>();
  document.scale(pointsPerPixel);
  const figure = document.struct('Figure', { alt: `${title}. ${description}` }, () => {
    for (const shape of shapes) drawShape(document, spelled(shape, fonts, missing));
  });
  document.addStructure(figure);
  document.end();
  await ended;
  return { content: Buffer.concat(chunks), missing };
}

function embedFonts(document: PdfDocument): PdfFonts {
  const { resolve } = createRequire(import.meta.url);
  document.registerFont('regular', resolve('@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf'));
  document.registerFont('bold', resolve('@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf'));
  const opened = (name: string): FontFile => (document.font(name) as PdfDocument & { readonly _font: FontFile })._font;
  return { regular: opened('regular'), bold: opened('bold') };
}

/** The shape with what its font can write. */
function spelled(shape: Shape, fonts: PdfFonts, missing: Set<string>): Shape {
  if (shape.kind === 'path') return shape;
  const { font } = shape.bold === true ? fonts.bold : fonts.regular;
  const signs = Array.from(shape.text, (sign) => {
    if (font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0)) return sign;
    missing.add(sign);
    return unknownSign;
  });
  return { ...shape, text: signs.join('') };
}

function drawShape(document: PdfDocument, shape: Shape): void {
  document.save();
  if (shape.kind === 'path') drawPath(document, shape);
  else drawText(document, shape);
  document.restore();
}

function drawPath(document: PdfDocument, { d, at, fill, fillOpacity = 1, stroke }: PathShape): void {
  if (d === '') return;
  if (at !== undefined) document.translate(at.x, at.y);
  if (stroke !== undefined) document.lineWidth(stroke.width);
  if (stroke?.dashes !== undefined) document.dash(stroke.dashes.split(' ').map(Number) as never, {});
  document.path(d);
  if (fill !== undefined) document.fillOpacity(fillOpacity);
  if (fill !== undefined && stroke !== undefined) document.fillAndStroke(fill, stroke.colour);
  else if (fill !== undefined) document.fill(fill);
  else if (stroke !== undefined) document.stroke(stroke.colour);
}

function drawText(document: PdfDocument, { text, at, anchor, size, colour, bold, turned }: TextShape): void {
  document.translate(at.x, at.y);
  if (turned !== undefined) document.rotate(turned);
  document
    .font(bold === true ? 'bold' : 'regular')
    .fontSize(size)
    .fillColor(colour);
  const wide = document.widthOfString(text);
  const x = { start: 0, middle: -wide / 2, end: -wide }[anchor];
  document.text(text, x, 0, { lineBreak: false, baseline: 'alphabetic' });
}
