import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError } from './install-target.ts';
import { runTool, ToolError, type ToolRequest, type ToolResult } from './run-tool.ts';

/** As `runTool`, of a program that belongs to the system. Throws `InstallError`. */
export async function runSystemProgram(
  target: InstallTargetId,
  request: ToolRequest,
): Promise<ToolResult> {
  try {
    return await runTool(request);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const reason = error.reason === 'missing' ? 'tool-missing' : 'refused';
    throw new InstallError(target, reason, request.program, { cause: error });
  }
}
