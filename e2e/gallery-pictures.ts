// Takes a picture of every scene: node e2e/gallery-pictures.ts <folder> [part of a scene's name] [language]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openGallery, type Look } from './gallery.ts';

const [folder = 'test-results/gallery', part = '', language = 'en'] = process.argv.slice(2);
const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 640 },
] as const;
const themes = ['light', 'dark'] as const;

mkdirSync(folder, { recursive: true });
const gallery = await openGallery();
for (const viewport of sizes) {
  const context = await gallery.browser.newContext({ viewport, reducedMotion: 'reduce' });
  const page = await context.newPage();
  for (const theme of themes) {
    for (const scene of gallery.scenes.filter((name) => name.includes(part))) {
      await gallery.show(page, scene, { theme, language } as Look);
      const name = `${scene}-${viewport.width}-${theme}.png`;
      await page.screenshot({ path: path.join(folder, name) });
    }
  }
  await context.close();
}
await gallery.close();
