/** Where the person fills in a server; a name that nobody can have (RFC 6761 §6.5). */
export const serverName = 'vpn.example.com';
export const hostName = 'host.example.com';
