const output = document.querySelector('output');
const { deep } = await import('./lazy.js');
output.textContent = `${await window.fixture.invoke('echo', 'hello')} ${deep}`;
