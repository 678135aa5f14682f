import { escapeMarkup } from '../document/markup.ts';
import type { Drawing, PathShape, Shape, TextShape } from './drawing.ts';
import { short } from './rounded.ts';

/**
 * One SVG of its own: fonts of the machine, nothing fetched; title and description are its text alternative.
 * @param id unique on its page: what its parts are called by
 */
export function renderSvg({ width, height, title, description, shapes }: Drawing, id: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc" font-family="system-ui, sans-serif" font-size="${commonSize}">`,
    `<title id="${id}-title">${escapeMarkup(title)}</title><desc id="${id}-desc">${escapeMarkup(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes.map(renderShape),
    '</svg>',
  ].join('');
}

const commonSize = 13;
const commonColour = '#000';

function renderShape(shape: Shape): string {
  return shape.kind === 'path' ? renderPath(shape) : renderText(shape);
}

function renderPath({ d, at, fill, fillOpacity, stroke, tip }: PathShape): string {
  const attributes = [
    ...(at === undefined ? [] : [`transform="translate(${short(at.x)},${short(at.y)})"`]),
    `d="${d}"`,
    `fill="${fill ?? 'none'}"`,
    ...(fillOpacity === undefined ? [] : [`fill-opacity="${fillOpacity}"`]),
    ...(stroke === undefined ? [] : [`stroke="${stroke.colour}" stroke-width="${stroke.width}"`]),
    ...(stroke?.dashes === undefined ? [] : [`stroke-dasharray="${stroke.dashes}"`]),
  ];
  const end = tip === undefined ? '/>' : `><title>${escapeMarkup(tip)}</title></path>`;
  return `<path ${attributes.join(' ')}${end}`;
}

function renderText({ text, at, anchor, size, colour, bold, turned }: TextShape): string {
  const [x, y] = [short(at.x), short(at.y)];
  const attributes = [
    turned === undefined ? `x="${x}" y="${y}"` : `transform="translate(${x},${y}) rotate(${turned})"`,
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
    ...(size === commonSize ? [] : [`font-size="${size}"`]),
    ...(colour === commonColour ? [] : [`fill="${colour}"`]),
    ...(bold === true ? ['font-weight="600"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${escapeMarkup(text)}</text>`;
}
