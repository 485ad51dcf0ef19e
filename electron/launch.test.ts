import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseLaunch } from './launch.ts';

const launch = (...rest: string[]) => parseLaunch(['/usr/bin/countersign', ...rest], '/home/alex');

describe('parseLaunch', () => {
  it('finds nothing in an empty command line', () => {
    expect(launch()).toEqual({ userDataDirectory: null, localCaPath: null, opening: null });
  });

  it('reads the switches, relative to the directory it ran in', () => {
    expect(launch('--user-data-dir=state', '--local-ca=/run/ca.json')).toEqual({
      userDataDirectory: '/home/alex/state',
      localCaPath: '/run/ca.json',
      opening: null,
    });
  });

  it('lets the last of repeated switches win and takes an empty one for none', () => {
    expect(launch('--local-ca=/a', '--local-ca=/b').localCaPath).toBe('/b');
    expect(launch('--local-ca=').localCaPath).toBeNull();
  });

  it('finds a link whatever the case of its scheme', () => {
    const link = 'CounterSign://join?from=https%3A%2F%2Fca.example%2Fp#kid=a';
    expect(launch('--no-sandbox', '/opt/app', link).opening).toEqual({ kind: 'link', link });
  });

  it('finds a profile file and makes its path absolute', () => {
    expect(launch('Downloads/example.Enroll').opening).toEqual({
      kind: 'file',
      path: '/home/alex/Downloads/example.Enroll',
    });
  });

  it('takes neither the program itself nor a switch for a file', () => {
    expect(parseLaunch(['/opt/odd.enroll', '--out=x.enroll'], '/').opening).toBeNull();
  });

  it('does not take a switch that hides inside a link for a switch', () => {
    expect(launch('countersign://join?from=x --local-ca=/evil').localCaPath).toBeNull();
  });
});

it.runIf(process.platform === 'linux')('hides the link that it was started with', () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { hideArguments } from ${JSON.stringify(new URL('launch.ts', import.meta.url).href)};
    hideArguments('countersign');
    console.log(readFileSync('/proc/self/cmdline', 'latin1'), process.argv.at(-1));
  `;
  const link = 'countersign://join?from=x#mac=secret';
  const { stdout } = spawnSync('node', ['--input-type=module', '-e', program, link], {
    encoding: 'utf8',
  });
  const [title, argument] = stdout.trim().replaceAll('\0', '').split(' ');
  expect({ title, argument }).toEqual({ title: 'countersign', argument: link });
});
