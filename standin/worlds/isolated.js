// The preload's world: what a sandboxed preload may `require`, and the line to the main process.
import { Bridge } from './bridge.js';
import { createCodec } from './codec.js';
import { Emitter } from './emitter.js';

/**
 * @typedef {{ token: string, binding: string, entry: string, process: Record<string, any> }} Config
 * @typedef {{ resolve: (value: unknown) => void, reject: (reason: Error) => void }} Waiting
 */

/** @param {Config} config */
export function startIsolatedWorld(config) {
  if (window !== window.top) return;
  const world = /** @type {any} */ (globalThis);
  const send = /** @type {(text: string) => void} */ (world[config.binding]);
  delete world[config.binding];
  const ipc = createIpc(send);
  const bridge = meetPage(config.token);
  bridge.call(2, [ipc.askAboutPasskey]);
  const modules = createModules(createContextBridge(bridge), ipc.ipcRenderer);
  const process = freezeAll(structuredClone(config.process));
  document.addEventListener('DOMContentLoaded', () => watchTitle(ipc.reportTitle));
  watchColorScheme(ipc.reportColorScheme);
  Object.defineProperty(world, config.entry, {
    value: Object.freeze({
      receive: ipc.receive,
      /** @param {(...values: any[]) => void} body */
      runPreload: (body) => {
        try {
          runPreload(body, modules, process);
        } catch (error) {
          ipc.reportPreloadError(error);
        }
      },
    }),
  });
}

/** @param {string} token */
function meetPage(token) {
  const channel = document.createElement('i');
  const bridge = new Bridge(channel, { outgoing: 'to-page', incoming: 'to-preload' });
  window.dispatchEvent(new MouseEvent(token, { relatedTarget: channel }));
  return bridge;
}

/** @param {Bridge} bridge */
function createContextBridge(bridge) {
  return Object.freeze({
    /** @param {string} key @param {unknown} api */
    exposeInMainWorld: (key, api) => {
      bridge.call(1, [key, api]);
    },
    exposeInIsolatedWorld: unsupported('contextBridge.exposeInIsolatedWorld'),
    executeInMainWorld: unsupported('contextBridge.executeInMainWorld'),
  });
}

/** @param {(text: string) => void} send */
function createIpc(send) {
  const codec = createCodec({ toBase64, fromBase64 });
  /** @param {object} message */
  const say = (message) => send(JSON.stringify({ ...message, url: location.href }));
  /** @type {Map<number, Waiting>} */
  const waiting = new Map();
  let lastNumber = 0;
  /** @param {'invoke' | 'passkey'} kind @param {string} channel @param {unknown[]} values */
  const ask = (kind, channel, values) => {
    const text = codec.encode(values);
    lastNumber += 1;
    const number = lastNumber;
    return new Promise((resolve, reject) => {
      waiting.set(number, { resolve, reject });
      say({ kind, number, channel, text });
    });
  };
  const ipcRenderer = Object.assign(new Emitter(), {
    /** @param {string} channel @param {unknown[]} values */
    async invoke(channel, ...values) {
      return ask('invoke', channel, values);
    },
    /** @param {string} channel @param {unknown[]} values */
    send(channel, ...values) {
      say({ kind: 'send', channel, text: codec.encode(values) });
    },
    sendSync: unsupported('ipcRenderer.sendSync'),
    sendToHost: unsupported('ipcRenderer.sendToHost'),
    postMessage: unsupported('ipcRenderer.postMessage'),
  });

  /** @param {{ number: number, channel: string, text?: string, error?: string }} message */
  function settle({ number, channel, text, error }) {
    const call = waiting.get(number);
    waiting.delete(number);
    if (text === undefined)
      call?.reject(new Error(`Error invoking remote method '${channel}': ${error}`));
    else call?.resolve(codec.decode(text));
  }

  return {
    ipcRenderer,
    /** @param {unknown} question */
    askAboutPasskey: (question) => ask('passkey', '', [question]),
    ...createReports(say, codec.encode),
    /** @param {string} line */
    receive: (line) => {
      const message = JSON.parse(line);
      if (message.kind === 'reply') return settle(message);
      const event = { sender: ipcRenderer, ports: [], preventDefault() {} };
      ipcRenderer.emit(
        message.channel,
        event,
        .../** @type {unknown[]} */ (codec.decode(message.text)),
      );
    },
  };
}

// What main wants to know of a page besides what the preload says.
/** @param {(message: object) => void} say @param {(value: unknown) => string} encode */
function createReports(say, encode) {
  return {
    /** @param {'dark' | 'light'} scheme */
    reportColorScheme: (scheme) => say({ kind: 'color-scheme', channel: '', text: scheme }),
    /** @param {string} title */
    reportTitle: (title) => say({ kind: 'title', channel: '', text: title }),
    /** @param {unknown} error */
    reportPreloadError: (error) => {
      console.error('Unable to load preload script', error);
      const failure = error instanceof Error ? error : new Error(String(error));
      say({ kind: 'preload-error', channel: '', text: encode([failure]) });
    },
  };
}

// Chromium tells of a new title late or not at all.
/** @param {(title: string) => void} report */
function watchTitle(report) {
  let last = '';
  const look = () => {
    if (document.title !== last) report((last = document.title));
  };
  const changes = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.head, changes);
  look();
}

/** @param {(scheme: 'dark' | 'light') => void} report */
function watchColorScheme(report) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const look = () => report(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', look);
  look();
}

/** @param {object} contextBridge @param {object} ipcRenderer */
function createModules(contextBridge, ipcRenderer) {
  const electron = new Proxy(
    {
      contextBridge,
      ipcRenderer,
      webFrame: { getZoomFactor: () => 1, getZoomLevel: () => 0 },
      webUtils: { getPathForFile: () => '' },
    },
    {
      get(target, name) {
        if (
          name in target ||
          typeof name === 'symbol' ||
          name === 'then' ||
          name === '__esModule'
        ) {
          return Reflect.get(target, name);
        }
        throw new Error(`stand-in: ${name} is not supported in a preload`);
      },
    },
  );
  const events = Object.assign(Emitter, { EventEmitter: Emitter, default: Emitter });
  const timers = {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate: queueMacrotask,
  };
  /** @type {Record<string, unknown>} */
  const modules = { electron, events, timers, url: { URL, URLSearchParams } };
  for (const name of ['events', 'timers', 'url']) modules[`node:${name}`] = modules[name];
  for (const part of ['renderer', 'common']) modules[`electron/${part}`] = electron;
  return modules;
}

/**
 * @param {(...values: any[]) => void} body the preload bundle, as the body of a CommonJS module
 * @param {Record<string, unknown>} modules
 * @param {object} process
 */
function runPreload(body, modules, process) {
  const module = { exports: {} };
  /** @param {string} name */
  const require = (name) => {
    if (Object.hasOwn(modules, name)) return modules[name];
    throw new Error(`module not found: ${name}`);
  };
  body(require, module, module.exports, process, queueMacrotask);
}

/** @param {(...values: any[]) => void} callback @param {any[]} values */
function queueMacrotask(callback, ...values) {
  return setTimeout(callback, 0, ...values);
}

/** @param {string} name */
function unsupported(name) {
  return () => {
    throw new Error(`stand-in: ${name} is not supported`);
  };
}

/** @param {any} value */
function freezeAll(value) {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freezeAll);
  return Object.freeze(value);
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  return /** @type {any} */ (bytes).toBase64();
}

/** @param {string} text */
function fromBase64(text) {
  return /** @type {any} */ (Uint8Array).fromBase64(text);
}
