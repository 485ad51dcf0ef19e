import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clients, installedVersion, servers, titlesIn } from './interop/partners.mjs';
import { inProject } from './setup/project.mjs';

const page = readFileSync(inProject('docs', 'interop.md'), 'utf8');

/** @param {import('./interop/partners.mjs').Partner} partner */
function sectionOf({ name }) {
  const sections = page.split(/^(?=#{2,3} )/m);
  return sections.find((section) => section.startsWith(`### ${name} `)) ?? '';
}

const hint = 'docs/interop.md is out of date: run npm run interop';

describe.each([...clients, ...servers])('the page about $name', (partner) => {
  it('has every test of its files, and none that failed', () => {
    const section = sectionOf(partner);
    for (const file of partner.files) {
      const titles = titlesIn(file);
      expect(titles.length).toBeGreaterThan(0);
      expect(
        titles.filter((title) => !section.includes(`${title} `)),
        hint,
      ).toEqual([]);
      expect(section, hint).toContain(file);
    }
    expect(page).not.toContain('**failed**');
  });

  it('names the version that is installed', async () => {
    const version = await installedVersion(partner.package);
    expect(version).toBeDefined();
    expect(sectionOf(partner), hint).toMatch(new RegExp(`^### ${partner.name} ${version}$`, 'm'));
  });
});
