import {
  settingsOf,
  type ConnectionSettings,
  type NetworkManagerConnection,
  type SettingValue,
} from './network-manager-settings.ts';

/** nm-settings-keyfile(5): the text of a `.nmconnection` file. Holds the key file's passphrase. Throws `InstallError`. */
export function keyfileOf(connection: NetworkManagerConnection): string {
  const sections = withPassphrase(settingsOf(connection), connection);
  return sections.map(sectionText).join('\n');
}

function withPassphrase(
  settings: ConnectionSettings,
  { key }: NetworkManagerConnection,
): ConnectionSettings {
  if (key.kind === 'token') return settings;
  const secret = ['private-key-password', key.passphrase] as const;
  return settings.map(([setting, properties]) =>
    setting === '802-1x' ? [setting, [...properties, secret]] : [setting, properties],
  );
}

function sectionText([setting, properties]: ConnectionSettings[number]): string {
  const lines = properties.map(
    ([name, value]) => `${name}=${name === 'ssid' ? ssidText(String(value)) : valueText(value)}\n`,
  );
  return `[${setting}]\n${lines.join('')}`;
}

function valueText(value: SettingValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  // GLib's lists end each of their items.
  return value.map((item) => `${escaped(item).replaceAll(';', '\\;')};`).join('');
}

/** By its octets, of which text is only one reading. */
const ssidText = (ssid: string): string => [...Buffer.from(ssid), ''].join(';');

/** GLib, “Key-value file parser”: a backslash begins an escape, and white space in front is no part of the value. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/^ +/g, (spaces) => '\\s'.repeat(spaces.length));
