onmessage = async ({ data }) => postMessage((await fetch(data)).status);
