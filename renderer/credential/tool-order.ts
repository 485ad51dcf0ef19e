import type { SigningToolView } from '../../shared/models/signing.ts';

export type UnusableTool = SigningToolView & Required<Pick<SigningToolView, 'obstacle'>>;

/** Those that can be used, the ones on this computer first; and those that cannot, with the reason. */
export function usableFirst(tools: readonly SigningToolView[]): {
  readonly usable: readonly SigningToolView[];
  readonly unusable: readonly UnusableTool[];
} {
  const usable = tools.filter(({ obstacle }) => obstacle === undefined);
  return {
    usable: [
      ...usable.filter(({ isInstalled }) => isInstalled),
      ...usable.filter(({ isInstalled }) => !isInstalled),
    ],
    unusable: tools.filter((tool): tool is UnusableTool => tool.obstacle !== undefined),
  };
}
