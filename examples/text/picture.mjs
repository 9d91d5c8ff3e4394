/** Components in lanes, a mark for each address in its year, and under each lane the words that characterise it. */
const colours = ['#3c6eb4', '#2f9d70', '#e07b2c', '#a14f9e', '#b3433f', '#6b6f1d'];
const WIDTH = 860;
const LEFT = 20;
const LANE = 46;
const HEAD = 40;

/** An SVG of panels `{ title, lanes: [{ years, words }] }`, one below the other, over these years. */
export function drawn(panels, [first, last]) {
  const x = (year) => (LEFT + ((year - first) / (last - first)) * (WIDTH - 2 * LEFT)).toFixed(1);
  let top = 0;
  const parts = panels.map(({ title, lanes }) => {
    const from = top;
    top += HEAD + lanes.length * LANE + 30;
    const grid = [];
    for (let year = 1800; year <= last; year += 20) {
      const bottom = from + HEAD + lanes.length * LANE;
      grid.push(`<path d="M${x(year)},${from + HEAD - 8}V${bottom}" stroke="#e4e4e4"/>`);
      grid.push(`<text x="${x(year)}" y="${bottom + 14}" text-anchor="middle" fill="#666">${year}</text>`);
    }
    const own = lanes.map(({ years, words }, at) => {
      const y = from + HEAD + at * LANE;
      const marks = years.map((year) => `M${x(year)},${y}v14`).join('');
      return `<path d="${marks}" stroke="${colours[at % colours.length]}" stroke-width="2.6"/><text x="${LEFT}" y="${y + 29}" fill="#222">${words.join(', ')}</text>`;
    });
    return `<text x="${LEFT}" y="${from + 20}" font-size="15" fill="#111">${title}</text>${grid.join('')}${own.join('')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}
