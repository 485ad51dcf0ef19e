/** Debian's own, about 650 MB. @type {readonly import('../setup/debian.mjs').SystemPackage[]} */
export const winePackages = [
  {
    name: 'wine',
    programs: ['wine', 'wineboot', 'winecfg', 'wineserver'],
    purpose: 'npm run wine',
  },
];
