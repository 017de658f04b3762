import type { Phase, RuleBook, Site } from '../../rules/rule.ts';

/** What rules make of one notification. */
export interface NotificationFate {
  readonly lateMs: number;
  /** How often it is sent: 0 is lost, 2 doubled. */
  readonly copies: 0 | 1 | 2;
}

const asIs: NotificationFate = { lateMs: 0, copies: 1 };
/** Where the faults that concern a notification are usually placed. */
const phases: readonly Phase[] = ['command', 'reply', 'committed'];

/**
 * Asks the rules about a notification (command `NOTIFY`, argument: the change or lifecycle event). `delay` makes it
 * late; `duplicate-reply`, or a flip `doubled`, doubles it; whatever ends or silences a connection, and a flip
 * `missing`, loses it.
 */
export function notificationFate(
  rules: RuleBook,
  site: Omit<Site, 'phase' | 'protocol' | 'command'>,
): NotificationFate {
  if (!rules.active) return asIs;
  let lateMs = 0;
  let copies: NotificationFate['copies'] = 1;
  for (const phase of phases) {
    const intervention = rules.at({ ...site, protocol: 'graph', command: 'NOTIFY', phase });
    lateMs += intervention?.delayMs ?? 0;
    for (const action of intervention?.actions ?? [])
      switch (action.kind) {
        case 'duplicate-reply':
          copies = 2;
          break;
        case 'flip':
          if (action.how === 'doubled') copies = 2;
          if (action.how === 'missing') return { lateMs, copies: 0 };
          break;
        case 'close':
        case 'reset':
        case 'refuse':
        case 'hang':
        case 'half-open':
        case 'commit-then-drop':
          return { lateMs, copies: 0 };
        default:
          break;
      }
  }
  return { lateMs, copies };
}
