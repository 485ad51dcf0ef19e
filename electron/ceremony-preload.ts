import { contextBridge, ipcRenderer } from 'electron';
import { ceremonyChannels, type CeremonyApi } from '../shared/ceremony-page.ts';

const { request, deliver, fail } = ceremonyChannels;

// Anybody's page may run in this window: it gets these three words and nothing that leads further.
const ceremony: CeremonyApi = {
  request: () => ipcRenderer.invoke(request) as ReturnType<CeremonyApi['request']>,
  deliver: (answer) => ipcRenderer.invoke(deliver, answer) as Promise<void>,
  fail: (error) => ipcRenderer.invoke(fail, error) as Promise<void>,
};

contextBridge.exposeInMainWorld('ceremony', ceremony);
