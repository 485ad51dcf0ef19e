// Which proxy a request would take, as Chromium reads it from the environment of a desktop without settings of its own.

/** The answer in the words of a PAC file: `DIRECT`, or `PROXY host:port`. */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv): string {
  const { protocol, hostname } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const proxy = variable(environment, `${scheme}_proxy`) ?? variable(environment, 'all_proxy');
  const exceptions = (variable(environment, 'no_proxy') ?? '').split(',');
  if (proxy === undefined || exceptions.some((name) => covers(name.trim(), hostname)))
    return 'DIRECT';
  const { host } = new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
  return `PROXY ${host}`;
}

function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[name] ?? environment[name.toUpperCase()];
}

function covers(name: string, hostname: string): boolean {
  const suffix = name.replace(/^\*?\./, '');
  return (
    name === '*' || (suffix !== '' && (hostname === suffix || hostname.endsWith(`.${suffix}`)))
  );
}
