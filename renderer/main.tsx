import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { BrokenStart } from './broken-start.tsx';
import { openWallet } from './wallet.ts';

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no #root');

const opened = await openWallet();
createRoot(container).render(
  <StrictMode>
    {opened.ok ? <App store={opened.value} /> : <BrokenStart failure={opened.failure} />}
  </StrictMode>,
);
