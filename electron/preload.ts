import { contextBridge, ipcRenderer } from 'electron';
import { channels } from 'virtual:channels';
import { walletApi } from './ipc/wallet-api.ts';

contextBridge.exposeInMainWorld('wallet', walletApi(channels, ipcRenderer));
