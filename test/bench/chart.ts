// Draws how time grows with the workspace: both axes in powers, so that a straight line of this slope is linear growth.

export interface Line {
  readonly name: string;
  /** Files and milliseconds. */
  readonly points: readonly (readonly [files: number, milliseconds: number])[];
}

const width = 720;
const height = 420;
const inner = { left: 64, top: 24, right: 210, bottom: 48 };
const colours = ['#7a7a7a', '#d97706', '#b91c1c', '#2563eb', '#059669', '#7c3aed', '#be185d', '#0e7490'];

/** The chart as a text in SVG. */
export function chartOf(lines: readonly Line[]): string {
  const points = lines.flatMap((it) => it.points);
  const x = scaleOf(
    points.map(([it]) => it),
    inner.left,
    width - inner.right,
  );
  const y = scaleOf(
    points.map(([, it]) => it),
    height - inner.bottom,
    inner.top,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${marks(points.map(([it]) => it))
  .map((it) => verticalAt(x(it), it))
  .join('\n')}
${powers(points.map(([, it]) => it))
  .map((it) => horizontalAt(y(it), it))
  .join('\n')}
${lines.map((it, at) => drawn(it, colours[at % colours.length] ?? '', x, y)).join('\n')}
${labels(lines, y).join('\n')}
<text x="${(inner.left + width - inner.right) / 2}" y="${height - 10}" text-anchor="middle">TypeScript files</text>
</svg>
`;
}

type Scale = (value: number) => number;

function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const least = Math.log(Math.min(...values));
  const most = Math.log(Math.max(...values) * 1.1);
  return (value) => Math.round(from + ((Math.log(value) - least) / (most - least)) * (to - from));
}

function marks(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** 100 ms, 1 s, 10 s as far as they lie between the values. */
function powers(values: readonly number[]): readonly number[] {
  return [10, 100, 1000, 10_000, 100_000].filter(
    (it) => it >= Math.min(...values) && it <= Math.max(...values) * 1.1,
  );
}

function verticalAt(x: number, files: number): string {
  return `<path d="M${x} ${inner.top}V${height - inner.bottom}" stroke="#e5e5e5"/><text x="${x}" y="${height - inner.bottom + 16}" text-anchor="middle">${files.toLocaleString('en')}</text>`;
}

function horizontalAt(y: number, milliseconds: number): string {
  const label = milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
  return `<path d="M${inner.left} ${y}H${width - inner.right}" stroke="#e5e5e5"/><text x="${inner.left - 8}" y="${y + 4}" text-anchor="end">${label}</text>`;
}

function drawn({ points }: Line, colour: string, x: Scale, y: Scale): string {
  const path = points.map(([files, time], at) => `${at === 0 ? 'M' : 'L'}${x(files)} ${y(time)}`).join('');
  const dots = points.map(
    ([files, time]) => `<circle cx="${x(files)}" cy="${y(time)}" r="3" fill="${colour}"/>`,
  );
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
}

/** Names at the right, none over another. */
function labels(lines: readonly Line[], y: Scale): readonly string[] {
  const wanted = lines
    .map((line, at) => ({ name: line.name, at, y: y(line.points.at(-1)?.[1] ?? 1) }))
    .sort((a, b) => a.y - b.y);
  let last = 0;
  return wanted.map((it) => {
    last = Math.max(it.y, last + 15);
    const colour = colours[it.at % colours.length] ?? '';
    return `<text x="${width - inner.right + 10}" y="${last + 4}" fill="${colour}">${it.name}</text>`;
  });
}
