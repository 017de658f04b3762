import type { DoorKey } from './door.ts';

/** What SASL XOAUTH2 sends, in Base64 (developers.google.com/workspace/gmail/imap/xoauth2-protocol). */
export function bearerOf({ address, secret }: DoorKey): string {
  return Buffer.from(`user=${address}\u0001auth=Bearer ${secret}\u0001\u0001`).toString('base64');
}

/** What SASL PLAIN sends, in Base64 (RFC 4616). */
export function plainOf({ address, secret }: DoorKey): string {
  return Buffer.from(`\0${address}\0${secret}`).toString('base64');
}
