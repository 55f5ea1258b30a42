/** The hospital whose outbox has something to send; null for the owner plane's. */
export type MailPlace = string | null;

const listeners = new Set<(place: MailPlace) => void>();

/** Hears of mail that this process has written, so that a job is asked for at once. @returns how to stop hearing. */
export function hearMail(listener: (place: MailPlace) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells that an outbox has something to send, or soon will have: its transaction may still be open. */
export function announceMail(place: MailPlace): void {
  for (const listener of listeners) listener(place);
}
