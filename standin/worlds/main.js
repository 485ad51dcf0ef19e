// The page's half of the bridge. Runs before any script of the page and leaves nothing on `window` but the API.
import { Bridge, deepFreeze } from './bridge.js';
import { watchPasskeys } from './passkeys.js';

/** @param {{ token: string }} config */
export function startMainWorld({ token }) {
  // Preloads belong to the main frame only.
  if (window !== window.top) return;
  const { defineProperty, hasOwn } = Object;
  const listen = { once: true };
  addEventListener(
    token,
    (event) => meet(/** @type {Element} */ (/** @type {MouseEvent} */ (event).relatedTarget)),
    listen,
  );

  /** @param {Element} channel */
  function meet(channel) {
    const bridge = new Bridge(channel, { outgoing: 'to-preload', incoming: 'to-page' });
    // The first function either side keeps has number 1: it is how the preload exposes an API.
    bridge.keep((/** @type {string} */ key, /** @type {unknown} */ api) => {
      if (hasOwn(window, key)) {
        throw new Error('Cannot bind an API on top of an existing property on the window object');
      }
      const value = deepFreeze(api);
      defineProperty(window, key, {
        value,
        enumerable: true,
        writable: false,
        configurable: false,
      });
    });
    // Number 2: how the preload's world comes to know of passkeys.
    bridge.keep(watchPasskeys);
  }
}
