import { languages, themes, type Settings } from '../../shared/models/wallet.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { SegmentedChoice } from '../ui/segmented-choice.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

/** Language and colours; each choice applies at once. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { settings, version } = useWalletState().wallet;
  const { failure, send } = useRequest();
  const change = (changed: Partial<Settings>): void =>
    void send(() => api.wallet.changeSettings(changed));
  return (
    <Dialog title={say('settings.title')} onClose={onClose}>
      <SegmentedChoice
        legend={say('settings.language')}
        value={settings.language}
        options={(['system', ...languages] as const).map((value) => ({
          value,
          name: say(`settings.language.${value}`),
        }))}
        onChoose={(language) => change({ language })}
      />
      <SegmentedChoice
        legend={say('settings.theme')}
        value={settings.theme}
        options={themes.map((value) => ({ value, name: say(`settings.theme.${value}`) }))}
        onChoose={(theme) => change({ theme })}
      />
      {failure !== null && <FailureMessage failure={failure} />}
      <p className="quiet small">{say('settings.version', { version })}</p>
      <DialogActions>
        <Button onPress={onClose}>{say('action.close')}</Button>
      </DialogActions>
    </Dialog>
  );
}
