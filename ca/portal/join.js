// Runs in the browser on an invitation's landing page: the part after # never reaches the server,
// so only here can it be put into the link that opens the wallet.
const fragment = globalThis.location.hash;
if (fragment.includes('mac=')) {
  for (const id of ['open', 'again']) {
    const link = globalThis.document.getElementById(id);
    link.href += fragment;
    link.hidden = false;
  }
  globalThis.document.getElementById('incomplete').remove();
}
