import { mailboxOf, provesItself } from './client-state.ts';
import { readNotifications } from './read-notifications.ts';

/** What the answer to a delivery is worked out with. */
export interface NotificationDesk {
  /** The secret of a mailbox that is synchronized through Graph; undefined when there is no such mailbox. */
  secretOf(mailboxId: string): Promise<string | undefined>;
  hint(mailboxId: string): Promise<void>;
}

const maxBytes = 1024 * 1024;

/**
 * Answers what Graph sends to a notification URL: the validation handshake (the token back as plain text, within 10 s),
 * and deliveries of change and lifecycle notifications, which become hints (202). What does not prove itself by its
 * client state is passed over and answered alike, so that nothing can be learned from it. 400 for what is neither.
 */
export async function answerNotification(request: Request, desk: NotificationDesk): Promise<Response> {
  const token = new URL(request.url).searchParams.get('validationToken');
  if (token !== null) return new Response(token, { status: 200, headers: { 'Content-Type': 'text/plain' } });
  const text = Number(request.headers.get('content-length') ?? 0) > maxBytes ? '' : await request.text();
  const notifications = text.length > maxBytes ? undefined : readNotifications(text);
  if (notifications === undefined) return new Response('This is no change notification.', { status: 400 });
  const hinted = new Set<string>();
  for (const { clientState } of notifications) {
    const mailboxId = mailboxOf(clientState);
    if (mailboxId === undefined || hinted.has(mailboxId)) continue;
    const secret = await desk.secretOf(mailboxId);
    if (secret === undefined || !provesItself(clientState, secret)) continue;
    hinted.add(mailboxId);
    await desk.hint(mailboxId);
  }
  return new Response(null, { status: 202 });
}
