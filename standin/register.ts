// `node --import register.ts`: makes `electron` resolve to the stand-in, for `import` and `require` alike.
import { registerHooks } from 'node:module';

const STAND_IN = new URL('./electron.ts', import.meta.url).href;
const ELECTRON = /^(node:)?electron(\/(main|common|utility))?$/;

registerHooks({
  resolve(specifier, context, next) {
    if (!ELECTRON.test(specifier)) return next(specifier, context);
    return { url: STAND_IN, format: 'module-typescript', shortCircuit: true };
  },
});
