import type Electron from 'electron';
import { guarded } from '../guard.ts';

type Members = Pick<
  Electron.Dialog,
  | 'showErrorBox'
  | 'showMessageBox'
  | 'showMessageBoxSync'
  | 'showOpenDialog'
  | 'showOpenDialogSync'
  | 'showSaveDialog'
  | 'showSaveDialogSync'
>;
type BoxOptions = Electron.MessageBoxOptions;

/** `dialog`, answered as by somebody who presses Escape; a test puts its own answers in place of these members. */
export const dialog = guarded('dialog', {
  showErrorBox: (title: string, content: string) => {
    process.stderr.write(`stand-in: error box: ${title}: ${content}\n`);
  },
  showMessageBox: (...values: unknown[]) => {
    const options = values.at(-1) as BoxOptions;
    const { checkboxChecked = false } = options;
    return Promise.resolve({ response: cancelButton(options), checkboxChecked });
  },
  showMessageBoxSync: (...values: unknown[]) => cancelButton(values.at(-1) as BoxOptions),
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
  showOpenDialogSync: () => undefined,
  showSaveDialog: () => Promise.resolve({ canceled: true, filePath: '' }),
  showSaveDialogSync: () => '',
} satisfies Members);

// Electron's rule for Escape: `cancelId`, else the button labelled so, else the first.
function cancelButton({ cancelId, buttons = [] }: BoxOptions): number {
  if (cancelId !== undefined) return cancelId;
  return Math.max(
    0,
    buttons.findIndex((label) => /^(cancel|no)$/i.test(label)),
  );
}
