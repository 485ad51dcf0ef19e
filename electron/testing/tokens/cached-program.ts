import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

// The token process as it stands in the sources, whose types are taken away once for all tests and not at each start: that
// is most of what a start costs. A process that is killed keeps nothing by itself.
enableCompileCache(join(import.meta.dirname, '../../../.cache/test-programs'));
await import('../../pkcs11/process/program.ts');
flushCompileCache();
