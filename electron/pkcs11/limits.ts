/** How much a token process and main take from each other. */
export const limits = {
  /** Characters. */
  mostText: 512,
  /** Of a certificate or a public key. */
  mostOctets: 1 << 16,
  mostPin: 1024,
  mostObjects: 1_000,
  mostReaders: 64,
  /** Octets of a CKA_ID. */
  mostObjectId: 256,
  mostIssuers: 16,
  /** Octets of a certificate that is read to be used. */
  mostCertificate: 1 << 14,
  /** That are read to be used, of one token. */
  mostCertificates: 128,
} as const;
