// Runs in the browser, on a registration link's page: has the person make a passkey, and sends it with the form.
const { document, SimpleWebAuthnBrowser } = globalThis;
const byId = (id) => document.getElementById(id);
const form = byId('registration');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void register();
});

async function register() {
  for (const id of ['known', 'failed']) byId(id).hidden = true;
  byId('make').disabled = true;
  try {
    const optionsJSON = JSON.parse(form.dataset.options);
    const credential = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON });
    byId('credential').value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    byId(error.name === 'InvalidStateError' ? 'known' : 'failed').hidden = false;
    byId('make').disabled = false;
  }
}
