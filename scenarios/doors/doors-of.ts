import type { Life, Provider } from '../../simulators/index.ts';
import type { Door, DoorKey } from './door.ts';
import { GraphDoor } from './graph-door.ts';
import { ImapDoor } from './imap-door.ts';
import { Pop3Door } from './pop3-door.ts';
import { SmtpDoor } from './smtp-door.ts';

/** Every door a provider has. */
export function doorsOf(life: Life, provider: Provider, key: DoorKey): readonly Door[] {
  return [
    new Pop3Door(life, provider, key),
    new SmtpDoor(life, provider, key),
    ...(provider.imap === undefined ? [] : [new ImapDoor(life, provider, key)]),
    ...(provider.graph === undefined ? [] : [new GraphDoor(life, provider, key)]),
  ];
}
