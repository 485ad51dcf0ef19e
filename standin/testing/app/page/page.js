document.querySelector('output').textContent = await window.fixture.invoke('echo', 'hello');
