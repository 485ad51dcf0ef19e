// Renders resources/icons/countersign.svg with Chromium into what the three systems want:
// PNG in the sizes of the desktop entry's icon themes, an .ico and an .icns. Run it after changing the drawing.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';

const icons = fileURLToPath(new URL('../resources/icons/', import.meta.url));
const drawing = readFileSync(path.join(icons, 'countersign.svg'), 'utf8');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const pictures = await renderAll();
for (const [size, png] of pictures) writeFileSync(path.join(icons, `${size}x${size}.png`), png);
writeFileSync(path.join(icons, 'icon.ico'), ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(path.join(icons, 'icon.icns'), icns());

async function renderAll() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const rendered = new Map();
    for (const size of sizes) rendered.set(size, await render(page, size));
    return rendered;
  } finally {
    await browser.close();
  }
}

/** A page of that size with nothing but the drawing, as Chromium paints it. */
async function render(page, size) {
  const style = `body{margin:0}svg{display:block;width:${size}px;height:${size}px}`;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<!doctype html><style>${style}</style>${drawing}`);
  return page.screenshot({ omitBackground: true });
}

/** ICONDIR, an ICONDIRENTRY for each picture (a side of 256 is written as 0), and the PNG files. */
function ico(sides) {
  const header = Buffer.alloc(6 + 16 * sides.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(sides.length, 4);
  let offset = header.length;
  for (const [index, side] of sides.entries()) {
    const entry = 6 + 16 * index;
    const png = pictures.get(side);
    header.writeUInt8(side % 256, entry);
    header.writeUInt8(side % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...sides.map((side) => pictures.get(side))]);
}

/** Blocks of type, length and PNG; the second of two types for one side is the smaller icon at double density. */
function icns() {
  const types = {
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic13: 256,
    ic08: 256,
    ic14: 512,
    ic09: 512,
    ic10: 1024,
  };
  const blocks = Object.entries(types).map(([type, side]) => block(type, pictures.get(side)));
  return block('icns', Buffer.concat(blocks));
}

function block(type, data) {
  const header = Buffer.alloc(8, type, 'latin1');
  header.writeUInt32BE(8 + data.length, 4);
  return Buffer.concat([header, data]);
}
