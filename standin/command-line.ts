// `standin-electron [switches] <app directory or main file> [arguments]`, read as Electron's binary reads it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

type PackageJson = {
  readonly name?: string;
  readonly productName?: string;
  readonly version?: string;
  readonly main?: string;
};

/** What is to be run, and under which name. */
export type Application = {
  readonly directory: string;
  readonly entry: string;
  readonly name: string;
  readonly version: string;
};

/** Nothing to run was named, or it is not there. */
export class CommandLineError extends Error {
  readonly code = 'command-line';
}

/** The Chromium-style switches among the arguments, names without dashes. Electron heeds them at any place. */
export function readSwitches(values: readonly string[]): Map<string, string> {
  const switches = new Map<string, string>();
  for (const value of values) {
    const [, name, content = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(value) ?? [];
    if (name !== undefined) switches.set(name, content);
  }
  return switches;
}

/** Finds the app named by the first argument that is no switch. */
export function findApplication(values: readonly string[], from: string): Application {
  const named = values.find((value) => !value.startsWith('-'));
  if (named === undefined) {
    throw new CommandLineError('usage: standin-electron [switches] <app directory or main file>');
  }
  const path = resolve(from, named);
  if (!existsSync(path)) throw new CommandLineError(`stand-in: there is no app at ${path}`);
  return statSync(path).isDirectory() ? fromDirectory(path) : fromFile(path);
}

function fromDirectory(directory: string): Application {
  const manifest = readManifest(directory);
  const entry = resolve(directory, manifest.main ?? 'index.js');
  if (!existsSync(entry))
    throw new CommandLineError(`stand-in: the app's main ${entry} is missing`);
  return { directory, entry, ...identity(manifest) };
}

function fromFile(entry: string): Application {
  const directory = dirname(entry);
  return { directory, entry, ...identity(readManifest(directory)) };
}

function identity(manifest: PackageJson) {
  return {
    name: manifest.productName ?? manifest.name ?? 'Electron',
    version: manifest.version ?? '0.0.0',
  };
}

function readManifest(directory: string): PackageJson {
  const path = join(directory, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PackageJson) : {};
}
