const { contextBridge, ipcRenderer } = require('electron');
const { EventEmitter } = require('events');

const emitter = new EventEmitter();

contextBridge.exposeInMainWorld('fixture', {
  invoke: (channel, value) => ipcRenderer.invoke(channel, value),
  say: (...values) => ipcRenderer.send('say', ...values),
  onAnswer: (listener) => {
    const forward = (_event, ...values) => listener(...values);
    ipcRenderer.on('answer', forward);
    return () => ipcRenderer.removeListener('answer', forward);
  },
  fail: (kind) => {
    if (kind === 'sync') throw new RangeError('not in range');
    return Promise.reject(new TypeError('not a type'));
  },
  same: (value) => value,
  call: (callback, ...values) => callback(...values),
  emitTwice: (listener) => {
    emitter.once('twice', listener);
    emitter.emit('twice', 1);
    emitter.emit('twice', 2);
  },
  platform: process.platform,
  nested: { list: [1, 2], date: new Date(0) },
  requireFs: () => require('fs'),
  sendSync: () => ipcRenderer.sendSync('say'),
});
