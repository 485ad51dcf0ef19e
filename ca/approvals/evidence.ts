/** What an approver signed, so that others can see for themselves (docs/approvals.md §6); binary is base64url. */
export type Evidence =
  | {
      readonly type: 'passkey';
      readonly keyAuthorization: string;
      readonly publicKey: string;
      readonly authenticatorData: string;
      readonly clientDataJSON: string;
      readonly signature: string;
    }
  | {
      readonly type: 'key';
      readonly keyAuthorization: string;
      readonly publicKey: string;
      readonly sig: string;
    }
  | { readonly type: 'certificate'; readonly keyAuthorization: string; readonly sig: string }
  | {
      readonly type: 'account';
      readonly publicKey: string;
      readonly protected: string;
      readonly payload: string;
      readonly signature: string;
    };

/** What a response was signed with, and what of it convinces others. */
export type SignedResponse = {
  /** DER SubjectPublicKeyInfo in its one form: the same key is the same, however it came. */
  readonly publicKeyInfo: Buffer;
  readonly evidence: Evidence;
};
