/** What the wallet remembers about the sealing key that lies in the secret store; never the key itself. */
export interface MasterKeyRecord {
  read(): Uint8Array | undefined;
  write(record: Uint8Array): void;
}
