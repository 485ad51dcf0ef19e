/** What of Electron's event says who is speaking. */
export interface Sender {
  readonly sender: { readonly id: number };
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/** Whether a message comes from the main frame of `page`, and that frame still shows a document of `origin`. */
export function isMainFrameOf(
  page: { readonly id: number } | null,
  origin: string,
  { sender, senderFrame }: Sender,
): boolean {
  return (
    sender.id === page?.id &&
    senderFrame?.parent === null &&
    senderFrame.url.startsWith(`${origin}/`)
  );
}
